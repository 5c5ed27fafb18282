"""What a check can find, and how strict it is."""

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """Stable codes; the exceptions file and the documentation name them."""

    LONG_SENTENCE = "long-sentence"
    LONG_AVERAGE = "long-average"
    SUBORDINATE = "subordinate-clauses"
    PASSIVE = "passive"
    LONG_WORD = "long-word"
    RARE_WORD = "rare-word"
    OFFICIALESE = "officialese"
    ABBREVIATION = "abbreviation"
    NUMBER_WORD = "number-word"
    HARD_WORDS = "hard-words"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that makes a text harder than it need be."""

    rule: Rule
    where: str
    """The page or file that the text stands in; empty if the caller named none."""
    sentence: str
    found: str
    """The very words, or a count with its unit."""
    suggestion: str
    """What to do, in Dutch: the writers of these texts read Dutch."""

    def __str__(self) -> str:
        return f"{self.where}: {self.rule}: {self.found} → {self.suggestion}\n    “{self.sentence}”"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that are still allowed. Zipf: the tenth logarithm of how often a word stands in 10⁹ words."""

    sentence_words: int
    average_words: float
    subordinate_clauses: int
    syllables: int
    everyday_zipf: float
    """A long word that is this common is no longer suspect ("informatie" is 5.4)."""
    rare_zipf: float
    """Below it, a word is hard, unless it is put together from common ones."""
    hard_words: int


STRICT = Limits(
    sentence_words=15,
    average_words=10,
    subordinate_clauses=1,
    syllables=3,
    everyday_zipf=5.0,
    rare_zipf=3.2,
    hard_words=2,
)
"""For citizens: B1, as Dutch guidance has it (docs/change/languages.md)."""

MILD = Limits(
    sentence_words=20,
    average_words=13,
    subordinate_clauses=2,
    syllables=4,
    everyday_zipf=4.0,
    rare_zipf=2.6,
    hard_words=4,
)
"""For employees: B2, so that a hired temp understands the desk as well."""


@dataclass(frozen=True, slots=True)
class PageResult:
    """All texts of one page together. score: 0 to 100, the formula stands in score_page."""

    where: str
    score: int
    texts: int
    words: int
    findings: tuple[Finding, ...]
