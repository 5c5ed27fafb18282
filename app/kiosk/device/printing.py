"""Receipts on paper, by CUPS. Nothing asks the person anything, and nothing of what was printed stays."""

import getpass
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from app.kiosk.device import ipp
from app.kiosk.device.receipt import NoFont, receipt_pdf

PrinterCode = Literal[
    "ready", "busy", "no_printer", "no_service", "off", "out_of_paper", "paper_stuck", "open", "stopped", "trouble",
    "no_font", "too_slow",
]  # fmt: skip
"""Stable. The pages have a sentence for each."""

PRINTS_WITHIN_S = 20.0
_LOOK_EVERY_S = 0.2
_OLD_NEWS_S = 5.0
_FOR_HANDS: tuple[PrinterCode, ...] = ("out_of_paper", "paper_stuck", "open", "stopped")
"""It prints when somebody has done something; the person who waits is told so at once."""
_TITLE = "bon"
"""CUPS writes a job's title into its own logs, so it says nothing."""

# Keywords of printer-state-reasons, RFC 8011 5.4.12 and PWG 5100.9. The first that fits, from worst to mildest.
_REASONS: tuple[tuple[str, PrinterCode], ...] = (
    ("media-jam", "paper_stuck"),
    ("cover-open", "open"),
    ("door-open", "open"),
    ("interlock-open", "open"),
    ("media-empty", "out_of_paper"),
    ("media-needed", "out_of_paper"),
    ("offline", "off"),
    ("connecting-to-device", "off"),
    ("timed-out", "off"),
    ("shutdown", "off"),
    ("paused", "stopped"),
    ("stopping", "stopped"),
)
_MILD = ("-report", "-warning")
_HARMLESS = frozenset({"none", "cups-waiting-for-job-completed", "cups-ipp-conformance-failure"})
_IDLE, _STOPPED = 3, 5
"""printer-state, RFC 8011 5.4.11."""
_COMPLETED, _FAILED = 9, (7, 8)
"""job-state, RFC 8011 5.3.7; failed: cancelled or aborted."""
_USER = getpass.getuser()


class CannotPrint(Exception):
    """No paper came out, and none will: the receipt is gone from the queue. code: why."""

    def __init__(self, code: PrinterCode) -> None:
        super().__init__(code)
        self.code = code


class Printer(Protocol):
    def state(self) -> PrinterCode: ...

    def print_receipt(self, lines: Sequence[str], language: str, title: str = "") -> None:
        """Returns when it is printed. Raises CannotPrint."""

    def forget(self) -> None:
        """Throws away whatever waits or was printed, with its files."""


class NoPrinter:
    """A terminal without one."""

    def state(self) -> PrinterCode:
        return "no_printer"

    def print_receipt(self, lines: Sequence[str], language: str, title: str = "") -> None:
        raise CannotPrint("no_printer")

    def forget(self) -> None:
        """There is nothing."""


@dataclass(frozen=True, slots=True)
class CupsPrinter:
    """name: of CUPS's queue; empty is its default. server: its socket, or host:port."""

    name: str = ""
    server: str = "/run/cups/cups.sock"
    prints_within_s: float = PRINTS_WITHIN_S

    def state(self) -> PrinterCode:
        try:
            return self._state(self._queue())
        except CannotPrint as problem:
            return problem.code

    def print_receipt(self, lines: Sequence[str], language: str, title: str = "") -> None:
        queue = self._queue()
        before = self._state(queue)
        if before == "stopped":
            raise CannotPrint("stopped")
        try:
            paper = receipt_pdf(lines, language, title)
        except NoFont:
            raise CannotPrint("no_font") from None
        told = self._ask(
            ipp.PRINT_JOB,
            f"/printers/{queue}",
            (
                _printer(queue),
                (ipp.NAME, "requesting-user-name", _USER),
                (ipp.NAME, "job-name", _TITLE),
                (ipp.MEDIA_TYPE, "document-format", "application/pdf"),
            ),
            job=((ipp.NAME, "job-sheets", "none"), (ipp.KEYWORD, "print-scaling", "none")),
            document=paper,
        )
        try:
            self._wait(queue, told["job-id"][0], before)
        finally:
            # The next person must not find it, neither in the tray nor in the spool.
            self._purge(queue)

    def forget(self) -> None:
        try:
            self._purge(self._queue())
        except CannotPrint:
            return

    def _wait(self, queue: str, job: ipp.Value, before: PrinterCode) -> None:
        """before: what CUPS said last. It learns only by printing that there is paper again, so give it a moment."""
        begun = time.monotonic()
        trouble: PrinterCode = "too_slow"
        which = (
            (ipp.URI, "job-uri", f"ipp://localhost/jobs/{job}"),
            (ipp.NAME, "requesting-user-name", _USER),
        )
        while True:
            job_state = self._ask(ipp.GET_JOB_ATTRIBUTES, "/jobs/", which)["job-state"][0]
            if job_state == _COMPLETED:
                return
            state = self._state(queue)
            if job_state in _FAILED:
                raise CannotPrint("trouble" if state in ("ready", "busy") else state)
            waited_s = time.monotonic() - begun
            if state in _FOR_HANDS and (state != before or waited_s >= _OLD_NEWS_S):
                raise CannotPrint(state)
            if state == "off":  # also for a moment, while CUPS looks for a printer that is there
                trouble = state
            if waited_s >= self.prints_within_s:
                raise CannotPrint(trouble)
            time.sleep(_LOOK_EVERY_S)

    def _queue(self) -> str:
        """Raises CannotPrint: no_service, no_printer."""
        if self.name:
            return self.name
        told = self._ask(ipp.CUPS_GET_DEFAULT, "/", ((ipp.KEYWORD, "requested-attributes", "printer-name"),))
        return str(told["printer-name"][0])

    def _state(self, queue: str) -> PrinterCode:
        told = self._ask(ipp.GET_PRINTER_ATTRIBUTES, "/", (_printer(queue),))
        if told["printer-state"][0] == _STOPPED or told.get("printer-is-accepting-jobs") == [False]:
            return "stopped"
        reasons = [str(reason) for reason in told.get("printer-state-reasons", [])]
        for keyword, code in _REASONS:
            if any(reason.startswith(keyword) and not reason.endswith("-warning") for reason in reasons):
                return code
        if any(reason not in _HARMLESS and not reason.endswith(_MILD) for reason in reasons):
            return "trouble"
        return "ready" if told["printer-state"][0] == _IDLE else "busy"

    def _purge(self, queue: str) -> None:
        self._ask(ipp.PURGE_JOBS, "/admin/", (_printer(queue), (ipp.NAME, "requesting-user-name", _USER)))

    def _ask(
        self, operation: int, path: str, attributes: Sequence[ipp.Attribute],
        job: Sequence[ipp.Attribute] = (), document: bytes = b"",
    ) -> dict[str, list[ipp.Value]]:  # fmt: skip
        """Raises CannotPrint."""
        try:
            return ipp.PrintService(self.server).ask(operation, path, attributes, job, document)
        except ipp.Unreachable:
            raise CannotPrint("no_service") from None
        except ipp.Refused as refusal:
            raise CannotPrint("no_printer" if refusal.status == ipp.NOT_FOUND else "trouble") from None


def _printer(queue: str) -> ipp.Attribute:
    return (ipp.URI, "printer-uri", f"ipp://localhost/printers/{queue}")
