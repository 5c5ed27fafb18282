"""The web's side of the tongue: the Translator of app.domain.translation over the speech process's socket."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.domain.speech import SpeechUnavailable
from app.domain.translation import LONGEST_TEXT, Pair, PairNotSupported, Translation
from app.speech import wire

MOST_NAMES = 50
_TRANSLATE_S = 10.0
"""A caption that comes later than this helps nobody."""


class Asking(Protocol):
    """What this needs of SpeechClient."""

    def described(self) -> wire.Header | None: ...

    def ask(
        self, request: wire.Header, payload: bytes, timeout_s: float, expected: str
    ) -> tuple[wire.Header, bytes]: ...


class RemoteTranslator:
    """Translator."""

    def __init__(self, client: Asking) -> None:
        self._client = client

    def pairs(self) -> frozenset[Pair]:
        described = self._client.described()
        return frozenset(Pair(*pair) for pair in (described or {}).get("translates", ()))

    def translate(
        self,
        text: str,
        source: str,
        target: str,
        terms: Mapping[str, str] = {},
        names: Sequence[str] = (),
    ) -> Translation:
        if len(text) > LONGEST_TEXT:
            raise ValueError(f"{len(text)} characters; at most {LONGEST_TEXT}")
        here = text.casefold()
        request = {
            "type": "translate",
            "source": source,
            "target": target,
            # A municipality's whole word list would not fit in a frame; only what the text holds matters.
            "terms": {word: fixed for word, fixed in terms.items() if word.casefold() in here},
            # All of them: "Fatima" alone is a part of "Fatima El Amrani", and a room has few people.
            "names": list(names)[:MOST_NAMES],
        }
        answer, payload = self._client.ask(request, text.encode(), _TRANSLATE_S, "translated")
        match answer.get("code"):
            case None:
                return Translation(
                    payload.decode(),
                    source,
                    target,
                    answer["origin"],
                    answer["engine"],
                    answer["fixture"],
                    tuple(answer["lost"]),
                )
            case "pair_not_supported":
                raise PairNotSupported(source, target)
            case "bad_request":
                raise ValueError("text, terms or names")
            case code:
                raise SpeechUnavailable(code)
