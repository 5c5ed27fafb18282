"""Locks one terminal to its site, and keeps it so while names change: `python -m app.kiosk.device.lockdown`.

Writes the browser's policies, loads the packet filter, writes the hosts file; then looks names up again every few
minutes. As a service it says when it is ready: before that nothing of the browser starts.
"""

import argparse
import json
import logging
import os
import pwd
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from app.kiosk.device import packet_filter
from app.kiosk.device.machine import tell_service_manager
from app.kiosk.device.packet_filter import Addresses, Reached
from app.kiosk.device.policies import COMMON, MANAGED, common_policies, managed_policies
from app.kiosk.device.site import FACE, BadAddress, Site
from app.kiosk.device.written import write_whole

log = logging.getLogger("wijkbalie.lockdown")

LOOK_AGAIN_S = 300.0
NO_ANSWER_S = 10.0


class Lockdown:
    """things: what the browser reaches; fetched: what the system reaches besides; load: takes the filter, as nft."""

    def __init__(
        self,
        site: Site,
        things: tuple[Reached, ...],
        browser_user: int,
        hosts_file: Path,
        fetched: tuple[Reached, ...] = (),
        load: Callable[[str], None] = packet_filter.load,
    ) -> None:
        self._site, self._things, self._fetched = site, things, fetched
        self._browser_user = browser_user
        self._hosts_file, self._load = hosts_file, load
        self._template = packet_filter.TEMPLATE.read_text()
        self._addresses: Addresses = {}
        self._loaded = ""

    @property
    def complete(self) -> bool:
        return all(thing.host in self._addresses for thing in (*self._things, *self._fetched))

    def look_again(self) -> None:
        """Names may mean other addresses than before: filter first, then the hosts file."""
        names = dict.fromkeys(thing.host for thing in (*self._things, *self._fetched))
        self._addresses = packet_filter.look_up(names, self._addresses)
        text = packet_filter.packet_filter(
            self._site, self._things, self._addresses, self._browser_user, self._template, self._fetched
        )
        if text == self._loaded:
            return
        self._load(text)
        self._loaded = text
        write_whole(self._hosts_file, packet_filter.hosts(self._addresses))
        log.info("the packet filter knows %d of %d names", len(self._addresses), len(names))


def user_number(user: str) -> int:
    return int(user) if user.isdigit() else pwd.getpwnam(user).pw_uid


def main(arguments: list[str], env: Mapping[str, str]) -> int:
    options = argparse.ArgumentParser(prog="python -m app.kiosk.device.lockdown")
    options.add_argument("--once", action="store_true", help="do not stay to look names up again")
    options.add_argument("--policies", type=Path, default=MANAGED)
    options.add_argument("--hosts", type=Path, default=Path("/etc/hosts"))
    chosen = options.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    try:
        listed = tuple(env.get("LISTED_ORIGINS", "").split())
        site = Site.parse(env.get("SERVER_URL", ""), listed, env.get("FACE_URL", FACE))
        things = packet_filter.reached(site, env.get("TURN_URLS", "").split())
        fetched = packet_filter.fetched(env.get("UPDATES_URL", ""))
    except BadAddress as problem:
        log.error("%s", problem)
        return 1
    lockdown = Lockdown(site, things, user_number(env.get("KIOSK_USER", "kiosk")), chosen.hosts, fetched)
    write_whole(chosen.policies, json.dumps(managed_policies(site, common_policies(COMMON)), indent=1) + "\n")
    lockdown.look_again()
    tell_service_manager("READY=1")
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopped.set())
    while not chosen.once and not stopped.wait(LOOK_AGAIN_S if lockdown.complete else NO_ANSWER_S):
        lockdown.look_again()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
