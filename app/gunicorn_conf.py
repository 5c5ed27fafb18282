"""gunicorn as it serves Wijkbalie: one worker, since the bus of a talk lives in its process."""

import signal
import threading
from types import FrameType
from typing import Any

from app.config import Settings
from app.quiet_logs import keep_threads_quiet
from app.storage.purge import start_purging

_settings = Settings.from_env()

bind = f"{_settings.host}:{_settings.port}"
workers = 1
worker_class = "gthread"
# A socket holds its thread as long as it is open. With fewer threads than sockets every page times out
# (docs/change/measured.md), so threads exceed what the seats can open.
threads = _settings.threads
worker_connections = _settings.threads + 100
# A worker that is still loading is silent; half of the whole start may go to it.
timeout = _settings.ready_within_s // 2
graceful_timeout = 5
keepalive = 5
control_socket_disable = True
accesslog = None
"""No address of a citizen's link is written down."""
errorlog = "-"
loglevel = "warning"
limit_request_line = 8190


def post_worker_init(worker: Any) -> None:
    """What lives as long as the worker: the purge, the watch over terminals, a shutdown that closes sockets first.

    Open sockets would hold the shutdown until its timeout; closed with 1012 they come back after the restart.
    """
    keep_threads_quiet()
    hub = worker.wsgi.extensions["wijkbalie_hub"]
    start_purging(worker.wsgi.extensions["wijkbalie_database"])
    worker.wsgi.extensions["wijkbalie_watch"].start()
    stop = signal.getsignal(signal.SIGTERM)

    def close_sockets_first(number: int, frame: FrameType | None) -> None:
        threading.Thread(target=hub.shut_down, name="shutdown", daemon=True).start()
        if callable(stop):
            stop(number, frame)

    signal.signal(signal.SIGTERM, close_sockets_first)
