"""The web's side of the speech process: ears, mouth and tongue as the ports of app.domain.speech ask for them.

Nothing here blocks a caller for long, whatever the speech process does or does not do.
"""

import logging
import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.domain.speech import (
    Caption,
    CaptionState,
    Encoding,
    LanguageNotSupported,
    Listening,
    SpeechUnavailable,
    SpokenText,
    WordTiming,
)
from app.speech import wire
from app.speech.client_listening import RemoteListening
from app.speech.client_translating import RemoteTranslator
from app.speech.connection import connect

log = logging.getLogger("wijkbalie.speech")

_DESCRIBE_S, _SPEAK_S = 1.0, 20.0
_FRESH_S, _RETRY_S = 5.0, 0.5
"""How long a description is believed, and how long that there was no answer."""
LONGEST_TEXT = 5_000


class SpeechClient:
    """captioner, voice and translator implement the ports of these names. Connects when it is first used."""

    def __init__(self, socket_path: Path) -> None:
        self._path = socket_path
        self._lock = threading.Lock()
        self._described: wire.Header | None = None
        self._fresh_until = 0.0
        self.captioner = RemoteCaptioner(self)
        self.voice = RemoteVoice(self)
        self.translator = RemoteTranslator(self)

    def describe(self) -> dict[str, Any]:
        """For /readyz: {"state": "ready"|"unavailable", "hears": {language: model}, "speaks": [language]}."""
        described = self.described()
        if described is None:
            return {"state": "unavailable", "hears": {}, "speaks": []}
        return {"state": "ready", "hears": described["hears"], "speaks": described["speaks"]}

    def described(self) -> wire.Header | None:
        """None while there is no answer."""
        with self._lock:
            if time.monotonic() < self._fresh_until:
                return self._described
            try:
                self._described = self.ask({"type": "describe"}, b"", _DESCRIBE_S, "described")[0]
            except SpeechUnavailable:
                self._described = None
            self._fresh_until = time.monotonic() + (_FRESH_S if self._described else _RETRY_S)
            return self._described

    def ask(
        self, request: wire.Header, payload: bytes, timeout_s: float, expected: str
    ) -> tuple[wire.Header, bytes]:
        """One question on a connection of its own. Raises SpeechUnavailable; a refusal is an answer too."""
        try:
            with connect(self._path, timeout_s) as connection:
                connection.sendall(wire.pack(request, payload))
                answer, sound = wire.read(lambda n: _receive(connection, n))
        except (OSError, wire.Malformed) as problem:
            raise SpeechUnavailable(type(problem).__name__) from problem
        if answer["type"] not in (expected, "refused"):
            raise SpeechUnavailable("unexpected answer")
        return answer, sound

    def listen(
        self,
        language: str,
        encoding: Encoding,
        on_caption: Callable[[Caption], None],
        on_state: Callable[[CaptionState], None],
        vocabulary: Sequence[str] = (),
    ) -> Listening:
        described = self.described()
        if described is not None and language not in described["hears"]:
            raise LanguageNotSupported(language)
        return RemoteListening(self._path, language, encoding, on_caption, on_state, vocabulary)


class RemoteCaptioner:
    """Captioner."""

    def __init__(self, client: SpeechClient) -> None:
        self._client = client

    def languages(self) -> frozenset[str]:
        described = self._client.described()
        return frozenset(described["hears"] if described else ())

    def listen(
        self,
        language: str,
        encoding: Encoding,
        on_caption: Callable[[Caption], None],
        on_state: Callable[[CaptionState], None],
        vocabulary: Sequence[str] = (),
    ) -> Listening:
        return self._client.listen(language, encoding, on_caption, on_state, vocabulary)


class RemoteVoice:
    """Voice."""

    def __init__(self, client: SpeechClient) -> None:
        self._client = client

    def languages(self) -> frozenset[str]:
        described = self._client.described()
        return frozenset(described["speaks"] if described else ())

    def speak(self, text: str, language: str, rate: float = 1.0) -> SpokenText:
        if len(text) > LONGEST_TEXT:
            raise ValueError(f"{len(text)} characters; at most {LONGEST_TEXT}")
        request = {"type": "speak", "language": language, "rate": rate}
        answer, sound = self._client.ask(request, text.encode(), _SPEAK_S, "spoken")
        match answer.get("code"):
            case None:
                words = tuple(WordTiming(*word) for word in answer["words"])
                return SpokenText(sound, words, answer["duration_ms"])
            case "language_not_supported":
                raise LanguageNotSupported(language)
            case "bad_request":
                raise ValueError("text or rate")
            case code:
                raise SpeechUnavailable(code)


def _receive(connection: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        piece = connection.recv(min(count - len(data), 1 << 20))
        if not piece:
            raise ConnectionError("closed")
        data += piece
    return bytes(data)
