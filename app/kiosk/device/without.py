"""A machine that lacks a part: a prepared tablet has no agent and no printer, a trial has neither."""

from collections.abc import Mapping
from typing import Any

from app.domain.terminal_parts import AgentAway, Beacon, CallBackRequest, CannotKeep, PrinterDown, Receipt


class WithoutAgent:
    """AgentPort. Nobody watches the browser; what can be wiped is what a page may ask the browser to forget."""

    def beacon(self, beacon: Beacon) -> None:
        """Nobody hears it."""

    def wipe(self) -> None:
        raise AgentAway

    def volume(self, percent: int) -> None:
        raise AgentAway

    def state(self) -> Mapping[str, Any]:
        return {}


class WithoutPrinter:
    """Receipts."""

    def ready(self) -> bool:
        return False

    def print(self, receipt: Receipt) -> None:
        raise PrinterDown


class WithoutOutbox:
    """CallBacks. The face then offers no call-back."""

    def is_open(self) -> bool:
        return False

    def add(self, request: CallBackRequest, request_id: str = "") -> str:
        raise CannotKeep
