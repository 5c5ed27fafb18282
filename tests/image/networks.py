"""Two machines of cardboard: a terminal and a municipality, each a network namespace, and a cable between them.

Nothing of it can be reached from outside this machine.
"""

import ctypes
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

MUNICIPALITY = "10.77.0.1"
ELSEWHERE = "10.77.0.9"
"""Somebody else on the same network: a neighbour, or the internet."""
TERMINAL = "10.77.0.2"
BROWSER_USER = 61902
SYSTEM_USER = 61901
CLONE_NEWNET = 0x40000000


@dataclass(frozen=True, slots=True)
class Networks:
    municipality: str
    terminal: str


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@contextmanager
def two_networks() -> Iterator[Networks]:
    for program in ("ip", "nft", "setpriv"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (iproute2, nftables, util-linux)")
    name = f"wb{os.getpid()}"
    there = Networks(f"{name}m", f"{name}t")
    made = []
    try:
        for each in (there.municipality, there.terminal):
            if subprocess.run(["ip", "netns", "add", each], capture_output=True).returncode:
                pytest.skip("needs root, to make networks of its own")
            made.append(each)
        cable, plug = f"{name}a", f"{name}b"
        _ip(
            "link",
            "add",
            cable,
            "netns",
            there.municipality,
            "type",
            "veth",
            "peer",
            plug,
            "netns",
            there.terminal,
        )
        for address in (MUNICIPALITY, ELSEWHERE):
            _ip("-n", there.municipality, "address", "add", f"{address}/24", "dev", cable)
        _ip("-n", there.terminal, "address", "add", f"{TERMINAL}/24", "dev", plug)
        for network, end in ((there.municipality, cable), (there.terminal, plug)):
            _ip("-n", network, "link", "set", "lo", "up")
            _ip("-n", network, "link", "set", end, "up")
        # Chromium looks for a way out before it gathers candidates.
        _ip("-n", there.terminal, "route", "add", "default", "via", MUNICIPALITY)
        yield there
    finally:
        for each in made:
            subprocess.run(["ip", "netns", "delete", each], capture_output=True)


@contextmanager
def inside(network: str) -> Iterator[None]:
    """What this thread starts meanwhile lives in that network (setns(2))."""
    libc = ctypes.CDLL(None, use_errno=True)
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    other = os.open(f"/run/netns/{network}", os.O_RDONLY)
    try:
        if libc.setns(other, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
        yield
    finally:
        libc.setns(own, CLONE_NEWNET)
        os.close(own)
        os.close(other)


def load_filter(network: str, text: str) -> None:
    subprocess.run(["ip", "netns", "exec", network, "nft", "-f", "-"], input=text, text=True, check=True)


def drop_filter(network: str) -> None:
    subprocess.run(["ip", "netns", "exec", network, "nft", "flush", "ruleset"], check=True)


ANSWERERS = Path(__file__).with_name("answerers.py")
KNOCKING = Path(__file__).with_name("knocking.py")


@contextmanager
def answering(network: str, places: Sequence[tuple[str, str, int]]) -> Iterator[None]:
    """Something that answers at each place: (protocol, address, port)."""
    process = subprocess.Popen(
        ["ip", "netns", "exec", network, sys.executable, str(ANSWERERS), json.dumps(places)],
        stdout=subprocess.PIPE, stdin=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        yield
    finally:
        process.communicate(timeout=20)


def knock(
    network: str, user: int, places: Sequence[tuple[str, str, int]]
) -> dict[tuple[str, str, int], bool]:
    """Which places answer this user. UDP gets a second: silence is the filter's answer."""
    run = subprocess.run(
        ["ip", "netns", "exec", network, "setpriv", "--reuid", str(user), "--regid", str(user), "--clear-groups",
         "/usr/bin/python3", "-c", KNOCKING.read_text(), json.dumps(places)],
        capture_output=True, text=True, check=True, cwd="/",
    )  # fmt: skip
    answers: list[Any] = json.loads(run.stdout)
    return {place: bool(answered) for place, answered in zip(places, answers, strict=True)}
