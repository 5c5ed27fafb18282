"""The engines in a process of their own: `python -m app.speech.tongue.child <most loaded>`.

fxtranslate holds Python's one lock for as long as a sentence takes; in the speech process nobody would be heard
meanwhile. Frames as in app.speech.wire, on standard input and output.
"""

import os
import signal
import sys
from collections import OrderedDict
from pathlib import Path

from app.speech import child_process, wire
from app.speech.tongue.engine import ENGINES, Engine

_LONGEST_S = 60
"""The parent kills sooner; this ends a child that hangs after its parent is gone."""
_Key = tuple[str, str, str, str]


class LoadedModels:
    """The models used last, at most `most` of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._loaded: OrderedDict[_Key, Engine] = OrderedDict()

    def get(self, key: _Key) -> Engine:
        """key: engine, folder, source, target. Raises whatever the engine raises when the model is broken."""
        if key in self._loaded:
            self._loaded.move_to_end(key)
            return self._loaded[key]
        while len(self._loaded) >= self._most:
            self._loaded.popitem(last=False)
        name, path, source, target = key
        engine = ENGINES[name](Path(path), source, target)
        self._loaded[key] = engine
        return engine

    def drop(self, key: _Key) -> None:
        self._loaded.pop(key, None)


def main(most: int) -> None:
    child_process.begin()
    # Engines print, and a Rust panic may print the text it fell over: nothing of it goes to a log.
    frames_out = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    models = LoadedModels(most)
    while True:
        try:
            asked, _ = wire.read(_read_exactly)
        except (ConnectionError, wire.Malformed):
            return
        signal.alarm(_LONGEST_S)
        answer = _answer(models, asked)
        signal.alarm(0)
        child_process.write_all(frames_out, wire.pack(answer))


def _answer(models: LoadedModels, asked: wire.Header) -> wire.Header:
    key = (asked["engine"], asked["path"], asked["source"], asked["target"])
    try:
        engine = models.get(key)
    except (
        BaseException
    ) as problem:  # a panic in Rust is no Exception; one bad model must not take the others along
        return {"type": "failed", "code": "model", "why": type(problem).__name__}
    try:
        return {"type": "translated", "sentences": engine.translate(asked["sentences"])}
    except BaseException as problem:
        models.drop(key)  # it may be half-way in something
        return {"type": "failed", "code": "engine", "why": type(problem).__name__}


def _read_exactly(count: int) -> bytes:
    data = sys.stdin.buffer.read(count)
    if len(data) < count:
        raise ConnectionError
    return data


if __name__ == "__main__":
    main(int(sys.argv[1]))
