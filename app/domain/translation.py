"""The port of the tongue: everything that turns words into another language stands behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Origin = Literal["phrase", "machine"]
"""phrase: written by people. machine: automatic, and the screen must say so."""

LONGEST_TEXT = 2_000
"""Characters that are translated at once."""


class PairNotSupported(Exception):
    """Nothing installed translates this. args are the codes of the source and the target language."""


@dataclass(frozen=True, slots=True)
class Translation:
    """A text in the reader's language, or, when lost, nothing: then the original is shown."""

    text: str
    """Empty when something was lost."""
    source: str
    target: str
    origin: Origin
    engine: str
    """phrase board, firefox, argos; by way of a third language argos+firefox."""
    fixture: bool
    """Made by a model that only serves tests: the screen says so and never counts it as an ability."""
    lost: tuple[str, ...] = ()
    """Numbers, dates, names that did not survive, as they were in the original."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One direction that can be translated now. Two-letter codes; via: the language between, if any."""

    source: str
    target: str
    engine: str
    via: str | None
    fixture: bool


class Translator(Protocol):
    """Turns what somebody said or typed into another language."""

    def pairs(self) -> frozenset[Pair]:
        """What can be translated now, at most one per direction; empty while the engines are away."""

    def translate(
        self,
        text: str,
        source: str,
        target: str,
        terms: Mapping[str, str] = {},
        names: Sequence[str] = (),
    ) -> Translation:
        """terms: official words whose translation is fixed, source → target. names: stay as they are.

        Takes as long as the engine does (some 20 ms a sentence), so not for a thread that others wait for.
        Raises PairNotSupported, SpeechUnavailable, ValueError (over 2,000 characters).
        """
