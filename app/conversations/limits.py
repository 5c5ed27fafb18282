"""How much one client may do in a time."""

import threading
import time
from collections.abc import Callable


class Bucket:
    """A token bucket: so much a second on average, so much at once. Its clock never goes back."""

    def __init__(self, per_s: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_s
        self._burst = burst
        self._clock = clock
        self._left = burst
        self._at = clock()

    def take(self, amount: float = 1) -> bool:
        """False when that is too much now; then nothing is taken."""
        self._fill()
        if amount > self._left:
            return False
        self._left -= amount
        return True

    def debt_s(self, amount: float) -> float:
        """Takes it anyway; how long to wait until it was allowed."""
        self._fill()
        self._left -= amount
        return max(0.0, -self._left / self._per_s)

    def _fill(self) -> None:
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_s)
        self._at = now


class Places:
    """So many at once, no more."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.taken = 0
        self._lock = threading.Lock()

    def take(self) -> bool:
        with self._lock:
            if self.taken >= self.number:
                return False
            self.taken += 1
            return True

    def give_back(self) -> None:
        with self._lock:
            self.taken -= 1
