"""The packet filter of a terminal, in networks of its own: what the browser's user reaches, and that a call works."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kiosk.device.lockdown import Lockdown
from app.kiosk.device.packet_filter import TEMPLATE, Reached, fetched, hosts, look_up, packet_filter, reached
from app.kiosk.device.site import BadAddress, Site
from tests.image import networks
from tests.image.networks import BROWSER_USER, ELSEWHERE, MUNICIPALITY, SYSTEM_USER, Networks

SITE_URL = f"https://{MUNICIPALITY}"
SITE = Site.parse(SITE_URL)
FILTER = packet_filter(
    SITE, reached(SITE), {MUNICIPALITY: (MUNICIPALITY,)}, BROWSER_USER, TEMPLATE.read_text()
)

OPEN = [
    ("tcp", MUNICIPALITY, 443),
    ("udp", MUNICIPALITY, 3478),
    ("tcp", MUNICIPALITY, 3478),
    ("tcp", MUNICIPALITY, 5349),
]
SHUT = [
    *((protocol, ELSEWHERE, port) for protocol, port in
      (("tcp", 443), ("tcp", 80), ("udp", 3478), ("tcp", 5349), ("udp", 53), ("tcp", 53), ("udp", 443), ("tcp", 631))),
    ("tcp", MUNICIPALITY, 22),
    ("tcp", MUNICIPALITY, 80),
    ("udp", MUNICIPALITY, 443),
    ("udp", MUNICIPALITY, 53),
    ("tcp", MUNICIPALITY, 8000),
    ("udp", MUNICIPALITY, 49160),  # the relay's other side
]  # fmt: skip
FACE, PRINTING = ("tcp", "127.0.0.1", 8180), ("tcp", "127.0.0.1", 631)


@pytest.fixture(scope="module")
def both() -> Iterator[Networks]:
    with networks.two_networks() as there:
        places = [*OPEN, *SHUT]
        with (
            networks.answering(there.municipality, places),
            networks.answering(there.terminal, [FACE, PRINTING]),
        ):
            yield there


@pytest.fixture
def filtered(both: Networks) -> Iterator[Networks]:
    networks.load_filter(both.terminal, FILTER)
    yield both
    networks.drop_filter(both.terminal)


def test_without_the_filter_everything_answers(both: Networks) -> None:
    """The control: what the next test finds shut is shut by the filter."""
    answers = networks.knock(both.terminal, BROWSER_USER, [*OPEN, *SHUT, FACE, PRINTING])
    assert [place for place, answered in answers.items() if not answered] == []


def test_the_browser_reaches_the_face_the_municipality_and_its_relay_alone(filtered: Networks) -> None:
    answers = networks.knock(filtered.terminal, BROWSER_USER, [*OPEN, *SHUT, FACE, PRINTING])
    assert [place for place, answered in answers.items() if answered] == [*OPEN, FACE]


def test_the_system_reaches_names_and_the_municipality_and_no_other_pages(filtered: Networks) -> None:
    places = [("udp", ELSEWHERE, 53), ("tcp", MUNICIPALITY, 443), PRINTING, ("tcp", ELSEWHERE, 631)]
    shut = [("tcp", ELSEWHERE, 443), ("tcp", ELSEWHERE, 80), ("tcp", MUNICIPALITY, 22)]
    answers = networks.knock(filtered.terminal, SYSTEM_USER, [*places, *shut])
    assert [place for place, answered in answers.items() if answered] == places


def test_releases_may_come_from_elsewhere_and_the_browser_does_not_get_there(both: Networks) -> None:
    things = reached(SITE)
    addresses = {each: (each,) for each in (MUNICIPALITY, ELSEWHERE)}
    updates = fetched(f"https://{ELSEWHERE}/wijkbalie/releases/")
    text = packet_filter(SITE, things, addresses, BROWSER_USER, TEMPLATE.read_text(), updates)
    networks.load_filter(both.terminal, text)
    try:
        place = ("tcp", ELSEWHERE, 443)
        assert networks.knock(both.terminal, SYSTEM_USER, [place]) == {place: True}
        assert networks.knock(both.terminal, BROWSER_USER, [place]) == {place: False}
    finally:
        networks.drop_filter(both.terminal)


def test_nobody_reaches_into_the_terminal(filtered: Networks) -> None:
    place = ("tcp", networks.TERMINAL, 8180)
    with networks.answering(filtered.terminal, [place]):
        assert not networks.knock(filtered.municipality, SYSTEM_USER, [place])[place]
        networks.drop_filter(filtered.terminal)
        assert networks.knock(filtered.municipality, SYSTEM_USER, [place])[place], "the control"


def test_what_is_loaded_at_boot_is_shut_but_for_the_terminal_itself(both: Networks) -> None:
    at_boot = TEMPLATE.parents[1] / "overlay" / "etc" / "nftables.conf"
    networks.load_filter(both.terminal, at_boot.read_text())
    try:
        answers = networks.knock(both.terminal, BROWSER_USER, [*OPEN, FACE])
        assert [place for place, answered in answers.items() if answered] == [FACE]
        networks.load_filter(both.terminal, FILTER)  # takes the place of it
        answers = networks.knock(both.terminal, BROWSER_USER, [*OPEN, FACE])
        assert all(answers.values())
    finally:
        networks.drop_filter(both.terminal)


def test_the_service_locks_the_terminal_and_says_so(both: Networks, tmp_path: Path) -> None:
    """As systemd starts it: policies, filter and hosts file are there when it says that it is ready."""
    policies, names, told = tmp_path / "managed" / "wijkbalie.json", tmp_path / "hosts", tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(told))
        systemd.settimeout(60)
        service = subprocess.Popen(
            ["ip", "netns", "exec", both.terminal, sys.executable, "-m", "app.kiosk.device.lockdown",
             "--policies", str(policies), "--hosts", str(names)],
            env={**os.environ, "SERVER_URL": SITE_URL, "KIOSK_USER": str(BROWSER_USER), "NOTIFY_SOCKET": str(told)},
        )  # fmt: skip
        try:
            assert systemd.recv(100) == b"READY=1"
            assert f"{SITE_URL}:443" in json.loads(policies.read_text())["VideoCaptureAllowedUrls"]
            assert names.read_text().startswith("127.0.0.1 localhost")
            answers = networks.knock(both.terminal, BROWSER_USER, [*OPEN, *SHUT[:3], FACE])
            assert [place for place, answered in answers.items() if answered] == [*OPEN, FACE]
            service.terminate()
            assert service.wait(30) == 0
        finally:
            service.kill()
            service.wait()
            networks.drop_filter(both.terminal)


def test_the_service_refuses_a_wrong_address(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "app.kiosk.device.lockdown", "--policies", str(tmp_path / "x")],
        env={**os.environ, "SERVER_URL": "http://balie.example.nl", "KIOSK_USER": "1"}, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 1
    assert "https://balie.example.nl" in run.stderr
    assert not list(tmp_path.iterdir())


# --- Without a network


def test_relays_are_named_as_the_server_names_them() -> None:
    site = Site.parse("https://balie.example.nl", ("https://pay.example.nl",))
    usual = [("udp", 3478), ("tcp", 3478), ("tcp", 5349)]
    pages = [Reached("balie.example.nl", "tcp", 443), Reached("pay.example.nl", "tcp", 443)]
    assert reached(site) == (*pages, *(Reached("balie.example.nl", *each) for each in usual))
    urls = [
        "turn:turn.example.nl",
        "turns:turn.example.nl:443?transport=tcp",
        "turn:1.2.3.4:99?transport=tcp",
    ]
    assert reached(site, urls)[2:] == (
        Reached("turn.example.nl", "udp", 3478), Reached("turn.example.nl", "tcp", 443), Reached("1.2.3.4", "tcp", 99)
    )  # fmt: skip
    for wrong in ("stun:a.nl", "turn:", "turn:a b", "turn:a.nl }; accept", "https://a.nl"):
        with pytest.raises(BadAddress):
            reached(site, [wrong])


@pytest.mark.parametrize(
    "wrong",
    ["", "balie.nl", "http://balie.nl", "https://", "https://balie.nl/pad", "https://a@balie.nl", "ftp://balie.nl",
     "https://balie.nl:99999", "https://*", "https://balie.nl?x", "https://ba lie.nl", 'https://b"alie.nl'],
)  # fmt: skip
def test_what_is_no_origin_is_refused(wrong: str) -> None:
    with pytest.raises(BadAddress):
        Site.parse(wrong)


def test_a_name_that_cannot_be_asked_keeps_its_address() -> None:
    known = {"no-such-name.invalid": ("10.0.0.1",)}
    assert look_up(["no-such-name.invalid", "10.9.8.7"], known) == {**known, "10.9.8.7": ("10.9.8.7",)}


def test_filter_and_hosts_file_follow_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site, names = Site.parse("https://balie.example.nl"), {"balie.example.nl": ("10.1.1.1", "fd00::1")}
    loaded: list[str] = []
    lockdown = Lockdown(site, reached(site), BROWSER_USER, tmp_path / "hosts", load=loaded.append)
    monkeypatch.setattr("app.kiosk.device.packet_filter.look_up", lambda asked, known: {})
    lockdown.look_again()
    assert not lockdown.complete
    assert "443" not in loaded[-1], "shut while the name means nothing yet"
    monkeypatch.setattr("app.kiosk.device.packet_filter.look_up", lambda asked, known: names)
    lockdown.look_again()
    lockdown.look_again()
    assert lockdown.complete
    assert len(loaded) == 2, "the same again is not loaded again"
    assert "10.1.1.1 . tcp . 443" in loaded[-1]
    assert "fd00::1 . udp . 3478" in loaded[-1]
    assert (tmp_path / "hosts").read_text() == hosts(names)
    assert "10.1.1.1 balie.example.nl" in hosts(names)
