"""Our side of the engines' process: one question at a time, and an end to one that never comes back."""

import contextlib
import logging
import os
import select
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.speech import SpeechUnavailable
from app.speech import child_process, wire

log = logging.getLogger("wijkbalie.speech")

_TIMEOUT_S = 20.0
"""For 2,000 characters with a model that must be loaded first, on a machine busy with other things."""


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """One direction of an installed model. engine: "firefox" or "argos"; path: its folder."""

    engine: str
    path: str
    source: str
    target: str


class ModelBroken(Exception):
    """This model cannot be loaded; trying again will not help."""


class EngineProcess:
    """Starts the process when it is first needed, and again after it fell."""

    def __init__(self, most_loaded: int, timeout_s: float = _TIMEOUT_S) -> None:
        self._most_loaded = most_loaded
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._closed = False

    def translate(self, model: ModelPlace, sentences: Sequence[str]) -> list[str]:
        """Raises ModelBroken, SpeechUnavailable."""
        question = {
            "type": "translate",
            "engine": model.engine,
            "path": model.path,
            "source": model.source,
            "target": model.target,
            "sentences": list(sentences),
        }
        with self._lock:
            answer = self._ask(question)
        if answer["type"] == "failed":
            log.error("%s %s to %s: %s", model.engine, model.source, model.target, answer.get("why"))
            raise ModelBroken if answer["code"] == "model" else SpeechUnavailable(answer["code"])
        texts = answer["sentences"]
        if len(texts) != len(sentences):
            raise SpeechUnavailable("engine")
        return [str(text) for text in texts]

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._end()

    def _ask(self, question: wire.Header) -> wire.Header:
        if self._closed:
            raise SpeechUnavailable("closed")
        child = self._child
        if child is None or child.poll() is not None:
            child = self._child = self._start()
        deadline = time.monotonic() + self._timeout_s
        try:
            assert child.stdin is not None
            child.stdin.write(wire.pack(question))
            child.stdin.flush()
            return wire.read(lambda count: _receive(child, count, deadline))[0]
        except (OSError, wire.Malformed) as problem:
            log.error("the translation engines fell (%s); they start again", type(problem).__name__)
            self._end()
            raise SpeechUnavailable("engines") from problem

    def _start(self) -> subprocess.Popen[bytes]:
        # Without buffers of our own, so that select() tells the truth.
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "bufsize": 0}
        return child_process.start("app.speech.tongue.child", [str(self._most_loaded)], **pipes)

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()


def _receive(child: subprocess.Popen[bytes], count: int, deadline: float) -> bytes:
    assert child.stdout is not None
    descriptor = child.stdout.fileno()
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    data = bytearray()
    while len(data) < count:
        if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise TimeoutError
        piece = os.read(descriptor, count - len(data))
        if not piece:
            raise ConnectionError("closed")
        data += piece
    return bytes(data)
