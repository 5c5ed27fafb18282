"""A translator for tests of the talk, which are about who gets what and when. It knows no language.

Real engines translate in tests/engines and in the journeys.
"""

import threading
from collections.abc import Mapping, Sequence

from app.domain.phrases import PhraseBoard, load_phrases
from app.domain.speech import SpeechUnavailable
from app.domain.translation import Pair, PairNotSupported, Translation

PAIRS = [("nl", "en"), ("en", "nl"), ("nl", "ar"), ("nl", "pl")]


class MarkingTranslator:
    """Implements Translator: puts the target language before the text. Dutch to Polish is a test model's.

    `go` cleared: it takes as long as the test wants. `away`: the engines do not answer. A text with "[kwijt]" loses
    a number, one with "[stuk]" breaks the engine.
    """

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.away = False
        self.asked: list[tuple[str, str, str]] = []
        self.terms: list[Mapping[str, str]] = []
        self.names: list[Sequence[str]] = []
        self.working = threading.Semaphore(0)
        """One more for each translation that was begun."""

    def pairs(self) -> frozenset[Pair]:
        return frozenset(Pair(source, target, "marks", None, target == "pl") for source, target in PAIRS)

    def translate(
        self,
        text: str,
        source: str,
        target: str,
        terms: Mapping[str, str] = {},
        names: Sequence[str] = (),
    ) -> Translation:
        self.asked.append((text, source, target))
        self.terms.append(terms)
        self.names.append(names)
        self.working.release()
        assert self.go.wait(30), "a test held the translator and forgot it"
        if self.away:
            raise SpeechUnavailable
        if (source, target) not in PAIRS:
            raise PairNotSupported(source, target)
        if "[stuk]" in text:
            raise RuntimeError(text)
        lost = ("12",) if "[kwijt]" in text else ()
        marked = "" if lost else f"[{target}] {text}"
        return Translation(marked, source, target, "machine", "marks", target == "pl", lost)


class FewWords:
    """Our phrase board, and the words of a municipality that fixed one. `away`: its database does not answer."""

    def __init__(self) -> None:
        self.away = False
        self._board = load_phrases()
        self.vocabulary_asked: list[str] = []

    def board(self) -> PhraseBoard:
        if self.away:
            raise OSError("the database is away")
        return self._board

    def terms(self, source: str, target: str) -> dict[str, str]:
        return {"bijstand": "social assistance"} if (source, target) == ("nl", "en") else {}

    def vocabulary(self, conversation_id: str) -> tuple[str, ...]:
        if self.away:
            raise OSError("the database is away")
        self.vocabulary_asked.append(conversation_id)
        return ("Dorpsstraat", "bijzondere bijstand")
