"""Waiting for what another process or thread does, where no event of ours can tell."""

import time
from collections.abc import Callable


def until(true: Callable[[], object], what: str, within_s: float = 60, look_every_s: float = 0.05) -> None:
    """Raises AssertionError with `what` when it does not become true in time."""
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(look_every_s)
