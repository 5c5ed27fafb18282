"""Speech that was made before, kept in memory only."""

import hashlib
import threading
from collections import OrderedDict

from app.domain.speech import SpokenText

_OVERHEAD_BYTES = 200
_BYTES_A_WORD = 120


class SpokenCache:
    """The latest used speech, up to a number of bytes. Keys are digests: the cache itself holds no text."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._kept: OrderedDict[bytes, SpokenText] = OrderedDict()
        self._lock = threading.Lock()

    @staticmethod
    def key(text: str, language: str, rate: float, engine: str) -> bytes:
        fields = f"{engine}\0{language}\0{rate:.3f}\0{text}"
        return hashlib.blake2b(fields.encode("utf-8", "surrogatepass"), digest_size=16).digest()

    def get(self, key: bytes) -> SpokenText | None:
        with self._lock:
            if (spoken := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
            return spoken

    def put(self, key: bytes, spoken: SpokenText) -> None:
        """Very long speech is not kept: it would push out everything else."""
        if _size(spoken) > self._max_bytes // 4:
            return
        with self._lock:
            if (old := self._kept.pop(key, None)) is not None:
                self._bytes -= _size(old)
            self._kept[key] = spoken
            self._bytes += _size(spoken)
            while self._bytes > self._max_bytes:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= _size(oldest)

    @property
    def size_bytes(self) -> int:
        return self._bytes


def _size(spoken: SpokenText) -> int:
    return len(spoken.sound) + _BYTES_A_WORD * len(spoken.words) + _OVERHEAD_BYTES
