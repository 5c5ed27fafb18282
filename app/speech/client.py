"""The web's side of the speech process: ears, mouth and tongue as the ports of app.domain.speech ask for them.

Nothing here blocks a caller for long, whatever the speech process does or does not do.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
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
from app.speech.places import Place, Places, UnixPlace, ask, can_answer, no_others

log = logging.getLogger("wijkbalie.speech")

_SPEAK_S = 20.0
MOST_TRIES = 2
"""A question that felled two processes is not put to a third."""
LONGEST_TEXT = 5_000


class SpeechClient:
    """captioner, voice and translator implement the ports of these names. Connects when it is first used."""

    def __init__(self, *sockets: Path, others: Callable[[], Sequence[Place]] = no_others) -> None:
        """sockets: of the processes on this machine. others: those on other machines, asked again and again."""
        self._places = Places([UnixPlace(path) for path in sockets], others)
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
        """What can be done now, by all processes together; None while there is no answer."""
        return self._places.described()

    def ask(
        self, request: wire.Header, payload: bytes, timeout_s: float, expected: str
    ) -> tuple[wire.Header, bytes]:
        """One question on a connection of its own; of one process that falls, to the next.

        Raises SpeechUnavailable; a refusal is an answer too.
        """
        fallen: SpeechUnavailable | None = None
        able = self._places.able(can_answer(request)) or self._places.able(lambda _header: True)
        for place in able[:MOST_TRIES]:
            try:
                return ask(place, request, payload, timeout_s, expected)
            except SpeechUnavailable as problem:
                fallen = problem
        raise fallen or SpeechUnavailable("no speech process")

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
        return RemoteListening(
            lambda timeout_s: self._places.connect_to_listen(language, timeout_s),
            language,
            encoding,
            on_caption,
            on_state,
            vocabulary,
        )


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

    def voices(self) -> Mapping[str, str]:
        described = self._client.described()
        return described["voices"] if described else {}

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
