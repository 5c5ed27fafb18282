"""What staff mode needs: the machine, the printer, the network, its own memory, the time."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from app.domain.host_code import UnfitCode
from app.kiosk.device.host_code import HostCode
from app.kiosk.device.network_test import NetworkFound
from app.kiosk.device.off_today import OffForToday
from app.kiosk.device.printing import Printer
from app.kiosk.device.staff_log import StaffLog
from app.kiosk.face.staff.sessions import HostSessions

log = logging.getLogger("wijkbalie.terminal")


class AgentPort(Protocol):
    """The machine under the browser. Each call raises AgentDown, AgentRefused."""

    def restart_browser(self) -> None: ...

    def restart_machine(self) -> None: ...

    def switch_off(self, until: datetime) -> None: ...

    def state(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """Requests to be called back that are still here. refused: the municipality did not want them."""

    left: int
    refused: int


@dataclass(frozen=True, slots=True)
class Ports:
    code: HostCode
    log: StaffLog
    off: OffForToday
    agent: AgentPort
    printer: Printer
    network: Callable[[], NetworkFound]
    waiting: Callable[[], Waiting]
    opening_hours: Callable[[], dict[str, str]]
    clock: Callable[[], datetime]
    sessions: HostSessions = field(default_factory=HostSessions)

    def take_host_code(self, code_hash: str) -> None:
        """As the municipality made it. Noted when it is another; one that is none changes nothing."""
        try:
            if self.code.take_hash(code_hash):
                self.log.write("code_changed", self.clock())
        except UnfitCode:
            log.warning("the municipality told a code for the host that is none")
