"""When a process that app.speech.supervisor starts has to stop."""

import asyncio
import os
import signal
import sys
import threading


def stop_when_told() -> asyncio.Event:
    """Set at SIGTERM or SIGINT and, with --until-stdin-closes, once who started us is gone. In a running loop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if "--until-stdin-closes" in sys.argv:
        threading.Thread(target=_watch_parent, args=(loop, stop), daemon=True).start()
    return stop


def _watch_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    while os.read(0, 1024):
        pass
    loop.call_soon_threadsafe(stop.set)
