"""The agent of a terminal: `python -m app.kiosk`. Starts and watches the browser, forgets visits, tells how it is.

Where no service manager runs the local server it does that too: `python -m app.kiosk -- wijkbalie terminal`.
"""

import argparse
import logging
import signal
import sys

from app.kiosk.device.agent_loop import AgentLoop
from app.kiosk.device.agent_settings import AgentSettings, BadSetting
from app.kiosk.device.machine import Machine


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
    loop = AgentLoop(settings, machine, server_command=chosen.server)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: loop.stop())
    loop.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
