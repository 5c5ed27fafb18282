"""One engine in a process of its own: `python -m app.speech.mouth.child espeak`, or `… piper FOLDER FOLDER`.

Frames come on standard input and go on standard output.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from app.domain.speech import LanguageNotSupported, SpeechUnavailable
from app.speech import child_process
from app.speech.child_process import write_all
from app.speech.mouth.engine import Engine
from app.speech.mouth.frames import BadFrame, pack, unpack

_LONGEST_SENTENCE_S = 60
"""The pool kills sooner; this ends a child that hangs after its pool is gone."""


def main(engine_name: str, *arguments: str) -> None:
    child_process.begin()
    # The engines' own prints must not mix with the frames, so those move to a private descriptor.
    frames_out = os.dup(1)
    os.dup2(2, 1)
    try:
        engine = _start(engine_name, arguments)
    except SpeechUnavailable:
        write_all(frames_out, pack({"error": "unavailable"}))
        return
    _serve(engine, sys.stdin.buffer.read, lambda frame: write_all(frames_out, frame))


def _start(engine_name: str, arguments: Sequence[str]) -> Engine:
    if engine_name in ("espeak", "newer-espeak"):
        from app.speech.mouth.espeak import EspeakVoice

        return EspeakVoice(newer=engine_name == "newer-espeak")
    if engine_name == "pyttsx3":
        from app.speech.mouth.pyttsx3_voice import Pyttsx3Voice

        return Pyttsx3Voice()
    if engine_name == "piper":
        from app.speech.mouth.piper import PiperVoice

        return PiperVoice([Path(folder) for folder in arguments])
    raise SpeechUnavailable(engine_name)


def _serve(engine: Engine, read: Callable[[int], bytes], write: Callable[[bytes], None]) -> None:
    voices = engine.voices()
    # The first sentence loads the voice; nobody should wait for that.
    engine.speak("Warm 1.", "nl" if "nl" in voices else min(voices), 1.0)
    write(pack({"engine": engine.name, "voices": dict(voices)}))
    while True:
        try:
            asked, _ = unpack(read)
        except BadFrame:
            return
        signal.alarm(_LONGEST_SENTENCE_S)
        try:
            spoken = engine.speak(asked["text"], asked["language"], asked["rate"])
        except LanguageNotSupported:
            write(pack({"error": "language"}))
        except SpeechUnavailable:
            write(pack({"error": "unavailable"}))
        else:
            words = [(word.start_ms, word.offset, word.length) for word in spoken.words]
            write(pack({"words": words, "duration_ms": spoken.duration_ms}, spoken.sound))
        signal.alarm(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
