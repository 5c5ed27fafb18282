"""The machine's own parts as the face knows them: outbox, printer, agent."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from app.domain.call_backs import CallBackUnreadable
from app.domain.terminal_parts import AgentAway, Beacon, CallBackRequest, CannotKeep, PrinterDown, Receipt
from app.kiosk.device.agent_client import AgentClient, AgentDown, AgentRefused
from app.kiosk.device.off_today import OffForToday
from app.kiosk.device.outbox import Outbox, OutboxClosed, OutboxFull
from app.kiosk.device.printing import CannotPrint, NoPrinter, Printer, PrinterCode

_log = logging.getLogger("wijkbalie.terminal")


class SealedCallBacks:
    """CallBacks."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def is_open(self) -> bool:
        return self._outbox.is_open()

    def add(self, request: CallBackRequest, request_id: str = "") -> str:
        try:
            return self._outbox.add(asdict(request), request_id)
        except (OutboxFull, OutboxClosed, CallBackUnreadable, ValueError) as problem:
            raise CannotKeep from problem
        except SQLAlchemyError as problem:
            _log.error("A request to be called back could not be kept: %s", type(problem.__cause__).__name__)
            raise CannotKeep from None  # the cause quotes what was to be written


@dataclass(frozen=True, slots=True)
class ProfiledPrinter:
    """A Printer where the municipality says that there is one, else none. has_printer: asked each time."""

    printer: Printer
    has_printer: Callable[[], bool]

    def _now(self) -> Printer:
        return self.printer if self.has_printer() else NoPrinter()

    def state(self) -> PrinterCode:
        return self._now().state()

    def print_receipt(self, lines: Sequence[str], language: str, title: str = "") -> None:
        self._now().print_receipt(lines, language, title)

    def forget(self) -> None:
        self._now().forget()


class PrintedReceipts:
    """Receipts."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer

    def ready(self) -> bool:
        return self._printer.state() in ("ready", "busy")

    def print(self, receipt: Receipt) -> None:
        try:
            self._printer.print_receipt(receipt.lines, receipt.language, receipt.title)
        except CannotPrint as problem:
            raise PrinterDown from problem


class MachineAgent:
    """AgentPort. agent None: a prepared tablet has none, and nobody watches its browser."""

    def __init__(self, agent: AgentClient | None, off: OffForToday, clock: Callable[[], datetime]) -> None:
        self._agent, self._off, self._clock = agent, off, clock

    def beacon(self, beacon: Beacon) -> None:
        if self._agent is not None:
            self._done(
                lambda agent: agent.beacon(
                    beacon.page,
                    beacon.painted,
                    beacon.in_talk,
                    at_rest=beacon.at_rest,
                    still_s=beacon.still_s,
                )
            )

    def wipe(self) -> None:
        self._done(lambda agent: agent.wipe())

    def volume(self, percent: int) -> None:
        self._done(lambda agent: agent.volume(percent))

    def state(self) -> Mapping[str, Any]:
        """Whether it is off for today is known without an agent, too."""
        off = {"off_today": self._off.until(self._clock()) is not None}
        try:
            return {**(self._agent.state() if self._agent else {}), **off}
        except (AgentDown, AgentRefused):
            return off

    def _done(self, order: Callable[[AgentClient], None]) -> None:
        if self._agent is None:
            raise AgentAway
        try:
            order(self._agent)
        except (AgentDown, AgentRefused) as problem:
            raise AgentAway from problem
