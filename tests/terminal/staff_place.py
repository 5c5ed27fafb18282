"""Staff mode behind the terminal's face, with a clock, machine, printer and network that do as the test says."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask import Flask

from app.kiosk.device.host_code import HostCode
from app.kiosk.device.network_test import NetworkFound
from app.kiosk.device.off_today import OffForToday
from app.kiosk.device.printing import CannotPrint, PrinterCode
from app.kiosk.device.staff_log import StaffLog
from app.kiosk.device.store import Store
from app.kiosk.face.staff.ports import Ports, Waiting
from tests.html_checks import CheckedClient
from tests.terminal_face import TerminalFace

CODE = "40917263"
MONDAY = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
HOURS = {"mon": "09:00-17:00", "wed": "10:00-12:00 13:00-17:00"}
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""The same kind of hash, in a thousandth of the work."""


class Agent:
    def __init__(self) -> None:
        self.asked: list[str] = []
        self.problem: Exception | None = None
        self.in_talk = False

    def _do(self, what: str) -> None:
        if self.problem is not None:
            raise self.problem
        self.asked.append(what)

    def restart_browser(self) -> None:
        self._do("restart_browser")

    def restart_machine(self) -> None:
        self._do("restart_machine")

    def switch_off(self, until: datetime) -> None:
        self._do(f"switch_off until {until.isoformat()}")

    def state(self) -> Mapping[str, Any]:
        if self.problem is not None:
            raise self.problem
        return {"in_talk": self.in_talk}


class PaperlessPrinter:
    """Says and does what the test wants."""

    def __init__(self) -> None:
        self.code: PrinterCode = "ready"
        self.printed: list[tuple[str, ...]] = []

    def state(self) -> PrinterCode:
        return self.code

    def print_receipt(self, lines: Sequence[str], language: str, title: str = "") -> None:
        if self.code != "ready":
            raise CannotPrint(self.code)
        self.printed.append((title, *lines))

    def forget(self) -> None:
        self.printed.clear()


class StaffPlace:
    def __init__(self, data_dir: Path) -> None:
        self.now = MONDAY
        self.agent = Agent()
        self.printer = PaperlessPrinter()
        self.found = NetworkFound("", True, 0)
        self.waiting = Waiting(0, 0)
        self.store = Store(data_dir)
        self.ports = Ports(
            code=HostCode(self.store, QUICK),
            log=StaffLog(self.store),
            off=OffForToday(self.store),
            agent=self.agent,
            printer=self.printer,
            network=lambda: self.found,
            waiting=lambda: self.waiting,
            opening_hours=lambda: HOURS,
            clock=lambda: self.now,
        )
        self.ports.code.change(CODE)
        self.terminal = TerminalFace(data_dir, self.ports)
        self.app: Flask = self.terminal.app

    def pass_time(self, **more: float) -> None:
        self.now += timedelta(**more)

    def browser(self) -> CheckedClient:
        return CheckedClient(self.app.test_client())

    def host(self) -> CheckedClient:
        """A browser in which the code was given."""
        browser = self.browser()
        assert browser.submit("/host", {"code": CODE}, page="/host").status_code == 303
        return browser

    def deeds(self) -> list[str]:
        """Oldest first."""
        return [entry.what for entry in self.ports.log.entries(self.now, 10_000)][::-1]
