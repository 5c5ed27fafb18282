"""Looks whether the municipality can be reached, and brings what it tells."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable

from app.domain.terminal_parts import Joining, JoiningView, MunicipalityRefused, MunicipalLine, NoLine
from app.kiosk.face.kept import KeptInformation

log = logging.getLogger("wijkbalie.terminal")

UP_S, DOWN_S = 30.0, 5.0
"""How often it looks while the line is up, and while it is down or nobody has typed our code yet."""
INFORMATION_S = 600.0
"""How often it fetches the municipality's pages, and its code for the host."""
_TURNED_AWAY = frozenset({"revoked", "unknown_terminal", "bad_signature"})
"""Refusals that mean: this terminal is none of ours."""


class LineWatch:
    """up: could the municipality be reached last time. joining: what to show before it is ours."""

    def __init__(
        self,
        line: MunicipalLine,
        joining: Joining,
        kept: KeptInformation,
        monotonic: Callable[[], float] = time.monotonic,
        take_host_code: Callable[[str], None] = lambda _hash: None,
    ) -> None:
        self._line = line
        self._joining = joining
        self._kept = kept
        self._monotonic = monotonic
        self._take_host_code = take_host_code
        self._informed_at = -INFORMATION_S
        self._sooner = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.up = False
        self.joining = JoiningView(joined=True)
        self.when_up: list[Callable[[], None]] = []
        """Called on the watch's thread each time the line has come back."""

    def look(self) -> bool:
        """Once, now. Whether the municipality answered and we belong to it."""
        before, up = self.up, False
        joining = self._joining.step()
        if joining.joined:
            try:
                self._ask()
                up = True
            except NoLine:
                pass
            except MunicipalityRefused as refusal:
                if refusal.code in _TURNED_AWAY:
                    joining = JoiningView(joined=False, problem=refusal.code)
        self.up, self.joining = up, joining
        if up != before:
            log.info("the line is %s", "up" if up else "down")
        if up and not before:
            for call in self.when_up:
                call()
        return up

    def _ask(self) -> None:
        profile, information = self._line.profile(), self._kept.information
        if self._monotonic() - self._informed_at >= INFORMATION_S:
            information = self._line.information()
            self._ask_host_code()
            self._informed_at = self._monotonic()
        self._kept.keep(profile, information)

    def _ask_host_code(self) -> None:
        """An older municipality has none to tell. Whatever it answers, the line that brought the rest is up."""
        with contextlib.suppress(MunicipalityRefused, NoLine):
            if (code_hash := self._line.host_code_hash()) is not None:
                self._take_host_code(code_hash)

    def lost(self) -> None:
        """Somebody tried, in vain: the line is down until the next look, which comes at once."""
        self.up = False
        self._sooner.set()

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="line-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._sooner.set()
        if self._thread is not None:
            self._thread.join(5)

    def _run(self) -> None:
        while not self._stopping:
            try:
                self.look()
            except Exception:
                # A fault of ours in one look must not end the watching.
                self.up = False
                log.exception("looking at the line failed")
            self._sooner.wait(UP_S if self.up else DOWN_S)
            self._sooner.clear()
