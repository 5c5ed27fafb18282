"""Checks a text or a page, and scores a page."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.plain_language.exceptions import ExceptionList
from app.domain.plain_language.findings import STRICT, Finding, Limits, PageResult, Rule
from app.domain.plain_language.rules import count_subordinate, sentence_hits, word_hits
from app.domain.plain_language.sentences import Sentence, split_sentences
from app.domain.plain_language.words import WordData, dutch_words

_SENTENCES_FOR_AN_AVERAGE = 3
"""Fewer have no average worth the name: the bound of a single sentence holds for them."""

_COMFORTABLE_SENTENCE = 8
"""Words in a sentence that cost the score nothing."""


def check_text(
    text: str, limits: Limits = STRICT, where: str = "", data: WordData | None = None
) -> list[Finding]:
    """What is too hard in one Dutch text, in reading order; no exceptions applied.

    text may hold HTML tags and placeholders (%(name)s, {name}). Raises WordDataMissing if data is None and
    the word lists are not installed.
    """
    data = data or dutch_words()
    sentences = split_sentences(text)
    findings: list[Finding] = []
    explained: dict[str, Finding] = {}
    for sentence in sentences:
        hits = sentence_hits(sentence, limits)
        findings += [Finding(rule, where, sentence.text, *hit) for rule, *hit in hits]
        for (rule, found, suggestion), is_explained in word_hits(sentence, limits, data):
            finding = Finding(rule, where, sentence.text, found, suggestion)
            if is_explained:
                explained[found.lower()] = finding
            elif found.lower() not in explained:
                findings.append(finding)
    if len(explained) > limits.hard_words:
        suggestion = f"hoogstens {limits.hard_words} moeilijke woorden met uitleg in een tekst"
        findings.append(Finding(Rule.HARD_WORDS, where, text, ", ".join(explained), suggestion))
    return findings + _average(sentences, limits, where)


def check_page(
    where: str,
    texts: Iterable[str],
    limits: Limits = STRICT,
    exceptions: ExceptionList | None = None,
    data: WordData | None = None,
) -> PageResult:
    """All texts of a page: findings that no exception excuses, and the page's score."""
    exceptions = exceptions or ExceptionList()
    kept: list[Finding] = []
    every: list[Finding] = []
    sentences: list[Sentence] = []
    count = 0
    for text in texts:
        count += 1
        sentences += split_sentences(text)
        found = check_text(text, limits, where, data)
        every += found
        kept += [finding for finding in found if not exceptions.excuse(finding, text)]
    if not any(finding.rule == Rule.LONG_AVERAGE for finding in every):
        kept += [f for f in _average(sentences, limits, where) if not exceptions.excuse(f, where)]
    measures = _Measures.of(sentences, every)
    return PageResult(where, score_page(measures, len(kept)), count, measures.words, tuple(kept))


@dataclass(frozen=True, slots=True)
class _Measures:
    words: int
    hard_words: int
    mean_sentence: float
    share_subordinate: float

    @classmethod
    def of(cls, sentences: list[Sentence], findings: list[Finding]) -> "_Measures":
        whole = [s for s in sentences if s.is_whole]
        return cls(
            words=sum(len(s.words) for s in sentences),
            hard_words=sum(f.rule in (Rule.LONG_WORD, Rule.RARE_WORD, Rule.OFFICIALESE) for f in findings),
            mean_sentence=sum(len(s.words) for s in whole) / len(whole) if whole else 0,
            share_subordinate=sum(count_subordinate(s) > 0 for s in whole) / len(whole) if whole else 0,
        )


def score_page(measures: _Measures, findings: int) -> int:
    """0 (a decree) to 100 (a picture book):

    100 − 4 × words in a mean sentence above 8
        − 1 × percentage of hard words, excused ones too: a reason makes no word easier
        − 0.1 × percentage of sentences with a subordinate clause
        − 10 × findings.
    """
    score = 100.0
    score -= 4 * max(0.0, measures.mean_sentence - _COMFORTABLE_SENTENCE)
    score -= 100 * measures.hard_words / max(1, measures.words)
    score -= 10 * measures.share_subordinate
    score -= 10 * findings
    return max(0, round(score))


def _average(sentences: list[Sentence], limits: Limits, where: str) -> list[Finding]:
    whole = [sentence for sentence in sentences if sentence.is_whole]
    if len(whole) < _SENTENCES_FOR_AN_AVERAGE:
        return []
    mean = sum(len(sentence.words) for sentence in whole) / len(whole)
    if mean <= limits.average_words:
        return []
    found = f"gemiddeld {mean:.1f} woorden in {len(whole)} zinnen"
    suggestion = f"gemiddeld hoogstens {limits.average_words:g}: maak de zinnen korter"
    return [Finding(Rule.LONG_AVERAGE, where, whole[0].text, found, suggestion)]
