"""The thread that empties the outbox: at once when something comes in or the line is back, else after a pause."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Thread

from app.kiosk.device.line import LineDown, LineRefused
from app.kiosk.device.outbox import Line, Outbox, pause_after

KEY_EVERY = timedelta(hours=6)
LOOK_EVERY = timedelta(minutes=1)
"""What was put off comes due without anybody telling."""

_log = logging.getLogger("wijkbalie")


class Delivering:
    """start() once, stop() at the end; wake() whenever there is reason to think that the line is back."""

    def __init__(self, outbox: Outbox, line: Callable[[], Line | None]) -> None:
        """line: gives None while the terminal belongs to no municipality."""
        self._outbox = outbox
        self._line = line
        self._key_again_at = 0.0
        self._stopping = False
        self._thread = Thread(target=self._run, name="outbox", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._outbox.something_to_do.set()

    def stop(self, timeout_s: float = 10) -> None:
        """A request on its way when this process ends is sent again at the next start, under the same id."""
        self._stopping = True
        self.wake()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        in_vain = 0
        while not self._stopping:
            held_up = self._one_round()
            in_vain = in_vain + 1 if held_up else 0
            pause = pause_after(in_vain - 1) if held_up else LOOK_EVERY
            self._outbox.something_to_do.wait(pause.total_seconds())
            self._outbox.something_to_do.clear()

    def _one_round(self) -> bool:
        """Whether it was in vain."""
        try:
            line = self._line()
            if line is None:
                return True
            self._learn_key(line)
            return self._outbox.deliver(line).held_up
        except Exception as problem:  # a full disk today may be a good one tomorrow; a dead thread stays dead
            _log.error("The outbox could not be emptied: %s", type(problem).__name__)
            return True

    def _learn_key(self, line: Line) -> None:
        """Before it is needed, and now and then: the municipality may take another key."""
        if time.monotonic() < self._key_again_at and self._outbox.has_key():
            return
        try:
            self._outbox.fetch_key(line)
        except (LineDown, LineRefused, ValueError):
            return  # what waits is sealed already; delivering it says whether the line is down
        self._key_again_at = time.monotonic() + KEY_EVERY.total_seconds()
