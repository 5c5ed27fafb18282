"""The local server as the agent's child, where no service manager runs it."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence

_STOP_S = 5.0


class ServerProcess:
    """gone: called in another thread each time it ended without stop()."""

    def __init__(self, command: Sequence[str], gone: Callable[[], None]) -> None:
        self._command, self._gone = list(command), gone
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False

    def start(self) -> None:
        """Raises OSError when there is no such program."""
        # A session of its own: its children end with it, and Ctrl-C reaches the agent alone.
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, start_new_session=True)
        threading.Thread(target=self._wait, args=(self._process,), name="server", daemon=True).start()

    def kill(self) -> None:
        """It hangs: nothing gentler helps. It is started again as after any fall."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        self._stopping = True
        if self._process:
            self._signal(signal.SIGCONT)
            self._process.terminate()
            try:
                self._process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                self.kill()
                self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        process.wait()
        # Its children would keep the port.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        if not self._stopping:
            self._gone()
