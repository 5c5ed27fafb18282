"""gunicorn as it serves a terminal: one worker, since who stands before it lives in its memory."""

from typing import Any

from app.quiet_logs import keep_threads_quiet
from app.terminal_config import TerminalSettings

_settings = TerminalSettings.from_env()

bind = f"{_settings.host}:{_settings.port}"
workers = 1
worker_class = "gthread"
threads = 8
# A worker that is still loading is silent; half of the whole start may go to it.
timeout = _settings.desk.ready_within_s // 2
graceful_timeout = 3
keepalive = 5
control_socket_disable = True
accesslog = None
"""Nobody's way through the pages is written down."""
errorlog = "-"
loglevel = "warning"


def post_worker_init(worker: Any) -> None:
    """What lives as long as the worker: the look at the line, and delivering what was kept without it."""
    keep_threads_quiet()
    worker.wsgi.extensions["wijkbalie_face"].watch.start()
    worker.wsgi.extensions["wijkbalie_delivering"].start()


def worker_exit(_server: Any, worker: Any) -> None:
    face = worker.wsgi.extensions.get("wijkbalie_face") if worker.wsgi else None
    if face is not None:
        face.watch.stop()
        worker.wsgi.extensions["wijkbalie_delivering"].stop(1)
