"""Work that is done again and again beside the rest."""

import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread


def repeat(
    name: str, work: Callable[[], object], every: timedelta, log: logging.Logger
) -> Callable[[], None]:
    """Works at once and then `every` so long, in a thread called `name`; call what it returns to stop.

    Stopping waits at most 5 s for work under way. Of a failure log tells name and kind; the next turn is as ever.
    """
    stopped = Event()

    def keep_working() -> None:
        while not stopped.is_set():
            try:
                work()
            except Exception as problem:  # a database that is away for a moment must not end it
                log.error("%s: %s", name, type(problem).__name__)
            stopped.wait(every.total_seconds())

    thread = Thread(target=keep_working, name=name, daemon=True)
    thread.start()

    def stop() -> None:
        stopped.set()
        thread.join(timeout=5)

    return stop
