"""The agent of a terminal: `python -m app.kiosk`. Starts and watches the browser, forgets visits, tells how it is.

Where no service manager runs the local server it does that too: `python -m app.kiosk -- wijkbalie terminal`.
"""

import argparse
import logging
import signal
import sys

from app.kiosk.device.agent_loop import AgentLoop
from app.kiosk.device.agent_settings import AgentSettings, BadSetting
from app.kiosk.device.key import KEY_FILE, BadKey, device_key
from app.kiosk.device.line import Line
from app.kiosk.device.machine import Machine

log = logging.getLogger("wijkbalie.agent")


class DeviceLine:
    """The line with the key that the local server made; none until it did. A revoked key is replaced by a new one."""

    def __init__(self, settings: AgentSettings) -> None:
        self._settings = settings
        self._line: Line | None = None
        self._file_id = 0

    def __call__(self) -> Line | None:
        try:
            file_id = (self._settings.data_dir / KEY_FILE).stat().st_ino
            if file_id != self._file_id:
                self._line = Line(self._settings.server_url, device_key(self._settings.data_dir))
                self._file_id = file_id
        except FileNotFoundError:
            self._line = None
        except BadKey as problem:
            log.error("no heartbeat: %s", problem)
        return self._line

    def clock_skew_s(self) -> float:
        return self._line.clock_skew_s if self._line else 0.0


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m app.kiosk", description=__doc__)
    options.add_argument("server", nargs="*", help="command of the local server")
    chosen = options.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    try:
        settings = AgentSettings.from_env()
    except BadSetting as problem:
        print(problem, file=sys.stderr)  # noqa: T201
        return 1
    machine = Machine(settings.restart_machine, settings.switch_off, settings.wake_at)
    line = DeviceLine(settings)
    loop = AgentLoop(settings, machine, line, line.clock_skew_s, chosen.server)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: loop.stop())
    loop.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
