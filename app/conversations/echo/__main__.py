"""`python -m app.conversations.echo`: the echo's root. Opens no database.

With --until-stdin-closes it ends when whoever started it is gone, however that ended.
"""

import asyncio
import importlib
import logging
import os
import sys

from app.config import Settings
from app.conversations.echo.server import Calls, EchoServer
from app.conversations.turn import IceServers
from app.speech.stopping import stop_when_told


async def run(settings: Settings) -> None:
    stop = stop_when_told()
    ice = IceServers(settings.stun_urls, settings.turn_urls, settings.turn_secret)

    async def make_calls() -> Calls:
        module = await asyncio.to_thread(importlib.import_module, "app.conversations.echo.calls")
        calls: Calls = module.Calls(ice.for_participant)
        return calls

    await EchoServer(make_calls).serve(settings.echo_socket, stop)


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    # The media libraries write down addresses of those who call.
    for name in ("aioice", "aiortc", "libav"):
        logging.getLogger(name).setLevel(logging.ERROR)
    asyncio.run(run(Settings.from_env()))
    # An encoding under way is native code that no longer matters; do not wait for it.
    logging.shutdown()
    os._exit(0)


if __name__ == "__main__":
    main()
