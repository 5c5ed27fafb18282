"""As app/gunicorn_conf.py: a stop closes the sockets first."""

import faulthandler
import signal
import threading
from types import FrameType
from typing import Any

STUCK_S = 5.0
"""A worker that has not stopped by then writes down where each thread stands."""


def post_worker_init(worker: Any) -> None:
    hub = worker.wsgi.extensions["wijkbalie_hub"]
    stop = signal.getsignal(signal.SIGTERM)

    def close_sockets_first(number: int, frame: FrameType | None) -> None:
        faulthandler.dump_traceback_later(STUCK_S)
        threading.Thread(target=hub.shut_down, daemon=True).start()
        if callable(stop):
            stop(number, frame)

    signal.signal(signal.SIGTERM, close_sockets_first)
