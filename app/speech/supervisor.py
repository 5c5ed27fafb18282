"""Starts the speech process (or another one), starts it again when it falls, and ends it with its parent."""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence

log = logging.getLogger("wijkbalie.speech")

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 30.0
_STEADY_S = 60.0
"""After so long without a fall the next one is treated as the first."""
_STOP_S = 5.0


class SpeechSupervisor:
    """env: the child's whole environment. Its standard input closes when we die, by whatever cause.

    name: what the log calls it.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        arguments: Sequence[str] = (),
        command: Sequence[str] = (sys.executable, "-m", "app.speech", "--until-stdin-closes"),
        name: str = "speech",
    ) -> None:
        self._env = dict(env)
        self._command = [*command, *arguments]
        self._name = name
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._watcher = threading.Thread(target=self._watch, name=f"{name}-supervisor", daemon=True)

    @property
    def pid(self) -> int | None:
        """Of the child that runs now."""
        with self._lock:
            return self._process.pid if self._process else None

    def start(self) -> None:
        self._watcher.start()

    def stop(self) -> None:
        """Ends the child: kindly, after 5 s not."""
        with self._lock:
            self._stopping.set()
            process = self._process
        if process is not None:
            process.terminate()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
        self._watcher.join(_STOP_S)

    def _watch(self) -> None:
        wait_s = _FIRST_WAIT_S
        while True:
            began = time.monotonic()
            with self._lock:
                if self._stopping.is_set():
                    return
                # A session of its own: Ctrl-C reaches us alone, and we stop the parts in order.
                self._process = process = subprocess.Popen(
                    self._command, env=self._env, stdin=subprocess.PIPE, start_new_session=True
                )
            status = process.wait()
            if process.stdin:
                process.stdin.close()
            with self._lock:
                self._process = None
                if self._stopping.is_set():
                    return
            lived_s = time.monotonic() - began
            if lived_s > _STEADY_S:
                wait_s = _FIRST_WAIT_S
            log.warning(
                "the %s process fell (status %s) after %.0f s; again in %.1f s",
                self._name,
                status,
                lived_s,
                wait_s,
            )
            if self._stopping.wait(wait_s):
                return
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
