"""Rules for one sentence or word. Each yields (rule, what was found, what to do instead).

They are heuristics: no parser of Dutch is needed, so the check runs anywhere, in milliseconds. What they
judge wrongly goes to the exceptions file, with its reason. Sources: docs/change/languages.md.
"""

import re
from collections.abc import Iterator

from app.domain.plain_language.findings import Limits, Rule
from app.domain.plain_language.sentences import PLACEHOLDER, Sentence
from app.domain.plain_language.tables import ABBREVIATIONS, NO_PARTICIPLES, NUMBERS, OFFICIALESE, PhraseTable
from app.domain.plain_language.words import WordData, familiar_zipf, is_known_compound, is_separable_verb

Hit = tuple[Rule, str, str]

_ALWAYS_SUBORDINATE = re.compile(
    r"\b(?:omdat|doordat|zodat|opdat|als|wanneer|terwijl|nadat|voordat|hoewel|ofschoon|tenzij|mits|indien|totdat"
    r"|zodra|zolang|aangezien|alvorens|teneinde)\b",
    re.IGNORECASE,
)
# "dat", "die", "of" and question words open a clause only before its subject: "dat u wacht".
_SUBJECT = r"(?:u|ik|je|jij|we|wij|hij|zij|ze|iemand|niemand|men|er|het|de|uw|…x…)"
_OPENS_CLAUSE = re.compile(
    rf"(?<=\w)(?:,\s*|\s+)(?:(?:dat|die|wie|wat|welke|hoe|waar\w*)\s+{_SUBJECT}|of\s+(?:u|ik|je|we|wij|hij|ze|er))\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r",\s*(?:die|dat|wie|waar\w*|wat)\b", re.IGNORECASE)

_BECOME = {"word", "wordt", "worden", "werd", "werden", "geworden"}
_PARTICIPLE = re.compile(r"(?:\w*ge\w{2,}|(?:be|ver|ont|her|er)\w{2,})(?:d|t|en)", re.IGNORECASE)
_DOTTED = re.compile(r"(?<![\w.])(?:[a-zA-Z]\.){2,}(?=\W|$)")
_CAPITALS = re.compile(r"\b[A-Z]{2,6}\b")


def sentence_hits(sentence: Sentence, limits: Limits) -> Iterator[Hit]:
    """Findings about a sentence as a whole."""
    if (length := len(sentence.words)) > limits.sentence_words:
        yield (
            Rule.LONG_SENTENCE,
            f"{length} woorden",
            f"hoogstens {limits.sentence_words}: maak er 2 zinnen van",
        )
    if (clauses := count_subordinate(sentence)) > limits.subordinate_clauses:
        yield Rule.SUBORDINATE, f"{clauses} bijzinnen", f"hoogstens {limits.subordinate_clauses} in een zin"
    if passive := find_passive(sentence):
        yield Rule.PASSIVE, " … ".join(passive), "zeg wie het doet: “wij …” of “u …”"
    yield from _phrases(sentence, OFFICIALESE, Rule.OFFICIALESE)
    yield from _abbreviations(sentence)
    for word in sentence.words:
        if figure := NUMBERS.get(word.lower()):
            yield Rule.NUMBER_WORD, word, f"schrijf {figure}"


def count_subordinate(sentence: Sentence) -> int:
    """How many clauses hang under another one."""
    text = sentence.text
    opened = {hit.end() for pattern in (_OPENS_CLAUSE, _ALWAYS_SUBORDINATE) for hit in pattern.finditer(text)}
    relative = [hit for hit in _RELATIVE.finditer(text) if not _OPENS_CLAUSE.match(text, hit.start())]
    return len(opened) + len(relative)


def find_passive(sentence: Sentence) -> tuple[str, str] | None:
    """ "wordt … gebeld": a form of "worden" with a participle. "De tekst wordt groter" has none."""
    words = sentence.words
    become = next((word for word in words if word.lower() in _BECOME), None)
    if become is None:
        return None
    for word in words:
        lower = word.lower()
        if lower not in _BECOME and lower not in NO_PARTICIPLES and _PARTICIPLE.fullmatch(lower):
            return become, word
    return None


def word_hits(sentence: Sentence, limits: Limits, data: WordData) -> Iterator[tuple[Hit, bool]]:
    """Findings about single words, each with whether the sentence itself explains the word."""
    for place, word in enumerate(sentence.words):
        if word == PLACEHOLDER or not word[0].isalpha() or any(c.isdigit() for c in word):
            continue
        if (place > 0 and word[0].isupper()) or _CAPITALS.fullmatch(word):
            continue  # a name, or an abbreviation that has its own rule
        if hit := _word_hit(word, limits, data):
            yield hit, _is_explained(word, sentence)


def _word_hit(word: str, limits: Limits, data: WordData) -> Hit | None:
    lower = word.lower().replace("’", "'")
    if familiar_zipf(lower, data) < limits.rare_zipf and not is_known_compound(lower, data):
        return Rule.RARE_WORD, word, "kies een bekender woord, of leg het uit tussen haakjes"
    syllables = data.syllables(lower)
    is_long = syllables > limits.syllables and data.zipf(lower) < limits.everyday_zipf
    if is_long and not is_separable_verb(lower, data):
        return Rule.LONG_WORD, word, f"{syllables} lettergrepen: kies een korter woord, of knip het in tweeën"
    return None


def _is_explained(word: str, sentence: Sentence) -> bool:
    """ "een tolk (iemand die vertaalt)" or "een tolk is iemand die vertaalt"."""
    name = re.escape(word)
    defines = rf"(?:een |het |de )?{name}\b (?:is (?:een|iemand|iets)|betekent)\b"
    return bool(
        re.search(rf"\b{name}\b\s*\([^)]{{4,}}\)", sentence.text)
        or re.match(defines, sentence.text, re.IGNORECASE)
    )


def _phrases(sentence: Sentence, table: PhraseTable, rule: Rule) -> Iterator[Hit]:
    for found, plain in table.find(sentence.text):
        yield rule, found, f"schrijf “{plain}”" if plain else "laat dit weg"


def _abbreviations(sentence: Sentence) -> Iterator[Hit]:
    listed = list(ABBREVIATIONS.find(sentence.text))
    for found, plain in listed:
        yield Rule.ABBREVIATION, found, f"schrijf “{plain}”"
    known = {found for found, _ in listed}
    for pattern in (_DOTTED, _CAPITALS):
        for hit in pattern.finditer(sentence.text):
            if hit.group() not in known:
                yield Rule.ABBREVIATION, hit.group(), "schrijf het voluit"
