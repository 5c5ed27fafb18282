"""Logs that tell what broke and where, never what it was about.

An exception's message may quote what a person wrote or a value from the database, an address may be somebody's link.
"""

import logging
import threading
import traceback
from pathlib import Path

from flask import has_request_context, request

_LOGGERS = ("wijkbalie", "gunicorn.error")


class _Quiet(logging.Filter):
    """Of an exception it leaves the kind and the places; of a sentence about it no values."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            where = request.endpoint or "no endpoint" if has_request_context() else "outside a request"
            record.msg, record.args = f"{type(error).__name__} in {where}", ()
            record.exc_info, record.exc_text = None, places(error)
        elif record.name == "gunicorn.error" and record.getMessage().startswith("Invalid request from"):
            record.msg, record.args = "A request that is no HTTP was refused", ()  # it may hold a link
        return True


_QUIET = _Quiet()


def places(error: BaseException) -> str:
    """The stack as "file:line function", innermost last, and that of each cause."""
    lines: list[str] = []
    each: BaseException | None = error
    while each is not None and len(lines) < 200:
        lines.append(f"{type(each).__module__}.{type(each).__qualname__}")
        for frame, line in traceback.walk_tb(each.__traceback__):
            file = "/".join(Path(frame.f_code.co_filename).parts[-3:])
            lines.append(f"  {file}:{line} {frame.f_code.co_name}")
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return "\n".join(lines)


def keep_quiet(*loggers: logging.Logger) -> None:
    """These, and those of the house and of gunicorn. Safe to call again."""
    for logger in (*loggers, *map(logging.getLogger, _LOGGERS)):
        logger.addFilter(_QUIET)  # the same one twice is one


def keep_threads_quiet() -> None:
    """For a whole process: Python itself would print the message of what ends a thread."""

    def tell(died: threading.ExceptHookArgs) -> None:
        name = died.thread.name if died.thread else "a thread"
        kind = died.exc_type.__name__
        stack = places(died.exc_value) if died.exc_value else ""
        logging.getLogger("wijkbalie").error("thread %s ended: %s\n%s", name, kind, stack)

    threading.excepthook = tell
