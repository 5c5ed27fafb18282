"""What a translation may never change, found by rules: numbers, dates, amounts, addresses, names, official words.

Pure: no engine here. find() says what stands in a text; broken() compares that with a translation.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.speech.tongue.calendar import date_pattern, month_pattern, read_date, write_date

OPAQUE = frozenset({"email", "url", "iban", "amount", "phone", "reference", "postcode"})
"""No engine needs to understand these, and engines do change them ($1,400 for € 12.400): they go in as placeholders."""

_EURO = r"(?:€|eur|avro|yuuro|евро|євро|يورو|یورو|ευρώ|ዩሮ)"
_PERCENT = (
    r"(?:%|٪|percent|per cent|procent|prozent|por ?cent|por ciento|pour cent|per cento|yüzde|відсот|процент|"
    r"προ|بالمئة|بالمائة|في المئة|في المائة|درصد|boqolkiiba|ሚእታዊት)"
)
_NUMBER = r"\d+(?:[.,]\d+)*"
_HOUSE = r" \d+(?: ?[a-zA-Z](?!\w))?(?:[-/][\w]+)?"
_BEFORE_STREET = (
    r"(?:(?:Van|De|Den|Der|Het|'t|Oude|Nieuwe|Lange|Korte|Grote|Kleine|Hoge|Lage|Eerste|Tweede|Sint|St\.|Dr\.|"
    r"Burgemeester|Prins|Prinses|Koning|Koningin|Professor|Prof\.|Noord|Zuid|Oost|West) )*"
)
_STREET = (
    r"[A-ZÀ-Þ][\w'’.-]*(?:straat|weg|laan|plein|gracht|kade|dijk|singel|pad|hof|steeg|dreef|markt|burg|park|"
    r"ring|brink|wal|baan|plantsoen|kwartier|gaarde|akker|veld)|Gracht|Plein|Markt|Dijk|Kade|Weg|Laan"
)

_RULES: tuple[tuple[str, str], ...] = (
    ("email", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    (
        "url",
        r"(?:https?://|www\.)[^\s<>\"]*[\w/]"
        r"|(?<![\w.@-])(?:[\w-]+\.)+(?:nl|eu|com|org|net|info|example)(?:/[^\s<>\"]*[\w/])?(?![\w@-])",
    ),
    ("iban", r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)"),
    ("address", r"(?<!\w)" + _BEFORE_STREET + "(?:" + _STREET + ")" + _HOUSE),
    ("written_date", ""),
    ("date", r"(?<![\w/.-])(?:\d{4}-\d\d?-\d\d?|\d\d?([-/.])\d\d?\1(?:\d{4}|\d\d))(?![\w/-])"),
    ("amount", r"(?:€|EUR|\$|£) ?" + _NUMBER + r"(?:,-)?"),
    ("euros", r"(?<![\w.,])(?P<number>" + _NUMBER + r") ?(?:€|(?i:eur|евро|євро|يورو|یورو|ευρώ|avro|yuuro)\w*)"),
    ("time", r"(?<![\w.,:])(?P<hour>[01]?\d|2[0-3])[:h](?P<minute>[0-5]\d)(?![\w:])(?! ?[ap]\.?m)"),
    ("clock", r"(?<![\w.,:])\d\d?(?:[:.]\d\d)? ?(?:[ap]\.m\.|[ap]m(?!\w))"),
    ("postcode", r"(?<![\w-])[1-9]\d{3} ?[A-Z]{2}(?![\w-])"),
    (
        "phone",
        r"(?<![\w.,/-])(?:\+\d{1,3}|0)(?:[ -]?(?:\(0\))?\d){5,13}(?!\w|[.,]\d)"
        r"|(?<![\w.,])14 ?0\d{2,3}(?!\w)",
    ),
    (
        "reference",
        r"(?<!\w)(?<!\d[.,:/-])(?=[\w./-]*\d)(?=[\w.]*[A-Z/-])[A-Z0-9]\w*(?:[./-]\w+)*"
        r"|(?<!\w)[A-Z]{1,6} \d{3,}(?!\w)"
        # No word of a language; an engine would spell it out for seconds.
        r"|[A-Za-z0-9_+/=-]{50,}",
    ),
    ("percent", r"(?<![\w.,])(?P<number>" + _NUMBER + ") ?%"),
    ("number", r"\d+(?:[.,:/-]\d+)*"),
)  # fmt: skip
_COMPILED = {kind: re.compile(rule) for kind, rule in _RULES if rule}
_PARTICLES = frozenset("van der den het ten ter von zum bin ibn dos das del des bint abu".split())  # noqa: SIM905
_SHORTEST_NAME = 3
_FROM_WORDS = re.compile(r"\d{1,2}|[1-9]0+(?:[.,]000)*|[1-9]\d?(?:[.,]000)+")
"""Numbers that an engine may write where the speaker said a word: two, a thousand."""


@dataclass(frozen=True, slots=True)
class Token:
    """Something that stays. start, end: where it stands in the text."""

    start: int
    end: int
    kind: str
    text: str
    stays: str
    """How it stands in a translation: as it is, but a month or an official word in the reader's language."""
    needs: tuple[str, ...]
    """Patterns that a translation must hold, each in a place of its own. Digits in them are 0 to 9."""


def find(
    text: str, source: str, target: str, terms: Mapping[str, str] = {}, names: Sequence[str] = ()
) -> list[Token]:
    """In order, never overlapping."""
    found: list[Token] = []
    free = [True] * len(text)

    def take(candidates: Iterable[Token]) -> None:
        for token in candidates:
            if all(free[token.start : token.end]):
                free[token.start : token.end] = [False] * (token.end - token.start)
                found.append(token)

    plain = ascii_digits(text)
    take(_candidates(plain, text, source, target, terms, names))
    # Whatever digit is left is a number, even half of something odd.
    take(_by_rule("number", "".join(c if free[i] else "\0" for i, c in enumerate(plain)), text))
    return sorted(found, key=lambda token: token.start)


def broken(tokens: Sequence[Token], translation: str) -> tuple[list[Token], list[str]]:
    """Tokens that the translation does not hold, and numbers it holds that nobody said."""
    rest = ascii_digits(translation)
    missing = []
    # The longest first: 12 may not be found in what is really 12 May.
    for token in sorted(tokens, key=lambda token: -len(token.text)):
        after = _without(token.needs, rest)
        if after is None:
            missing.append(token)
        else:
            rest = after
    invented = [n for n in re.findall(_NUMBER, rest) if not _FROM_WORDS.fullmatch(n)]
    return sorted(missing, key=lambda token: token.start), invented


def ascii_digits(text: str) -> str:
    """Arabic, Persian and other digits as 0 to 9; every character keeps its place."""
    return re.sub(r"\d", lambda digit: str(int(digit[0])), text)


def _without(needs: Sequence[str], text: str) -> str | None:
    """The text with each need blanked once; None when one is not there."""
    for need in needs:
        match = re.search(need, text)
        if match is None:
            return None
        text = text[: match.start()] + "\0" * (match.end() - match.start()) + text[match.end() :]
    return text


def _candidates(
    plain: str, text: str, source: str, target: str, terms: Mapping[str, str], names: Sequence[str]
) -> Iterator[Token]:
    """The most telling first: who comes first takes the place."""
    for kind, _ in _RULES[:3]:
        yield from _by_rule(kind, plain, text)
    yield from _names(text, [name for name in names if len(name.split()) > 1])
    yield from _by_rule("address", plain, text)
    yield from _written_dates(plain, text, source, target)
    yield from _names(text, _parts(names))
    yield from _terms(text, terms)
    for kind, _ in _RULES[5:-1]:
        yield from _by_rule(kind, plain, text)


def _by_rule(kind: str, plain: str, text: str) -> Iterator[Token]:
    for match in _COMPILED[kind].finditer(plain):
        said = text[match.start() : match.end()]
        yield Token(match.start(), match.end(), kind, said, said, _needs(kind, match))


def _needs(kind: str, match: re.Match[str]) -> tuple[str, ...]:
    if kind == "euros":
        return _number(match["number"]), "(?i)" + _EURO
    if kind == "percent":
        return _number(match["number"]), "(?i)" + _PERCENT
    if kind == "time":
        hour = match["hour"].lstrip("0") or "0"
        minute = match["minute"] + r"(?!\d)"
        written = rf"(?:[:.h]{minute}|h(?!\w))" if match["minute"] == "00" else rf"[:.h]{minute}"
        return (rf"(?<!\d)(?<!\d[.,:])0?{hour}{written}(?! ?[ap]\.? ?m)",)
    if kind == "number":
        return (_number(match[0]),)
    return (r"(?<!\w)" + re.escape(match[0]) + r"(?!\w)" if match[0][0].isalnum() else re.escape(match[0]),)


def _number(number: str) -> str:
    return rf"(?<!\d)(?<!\d[.,:/-]){re.escape(number)}(?!\d|[.,:/-]\d)"


def _written_dates(plain: str, text: str, source: str, target: str) -> Iterator[Token]:
    pattern = date_pattern(source)
    for match in pattern.finditer(plain) if pattern else ():
        date = read_date(match, source)
        said = text[match.start() : match.end()]
        month = month_pattern(date.month, target)
        stays = said if month is None else write_date(date, target)
        needs = [_number(date.day.lstrip("0"))]
        if month:
            needs.insert(0, "(?i)" + month)
        if date.year:
            needs.append(_number(date.year))
        yield Token(match.start(), match.end(), "written_date", said, stays, tuple(needs))


def _names(text: str, names: Sequence[str]) -> Iterator[Token]:
    for name in names:
        whole = rf"(?<!\w){re.escape(name)}(?!\w)"
        for match in re.finditer(whole, text):
            yield Token(match.start(), match.end(), "name", match[0], match[0], (whole,))


def _parts(names: Sequence[str]) -> list[str]:
    """Mrs. El Amrani, Fatima: people say parts of a name."""
    parts = {part for name in names for part in name.split()}
    return [
        part
        for part in sorted(parts, key=len, reverse=True)
        if len(part) >= _SHORTEST_NAME and part[0].isupper() and part.casefold() not in _PARTICLES
    ]


def _terms(text: str, terms: Mapping[str, str]) -> Iterator[Token]:
    for word in sorted(terms, key=len, reverse=True):
        fixed = terms[word]
        if not word.strip() or not fixed.strip():
            continue
        for match in re.finditer(rf"(?i)(?<!\w){re.escape(word)}(?!\w)", text):
            starts = match.start() == 0 and match[0][0].isupper()
            stays = fixed[0].upper() + fixed[1:] if starts else fixed
            # An ending is fine: languages bend words.
            yield Token(
                match.start(), match.end(), "term", match[0], stays, (rf"(?i)(?<!\w){re.escape(fixed)}",)
            )
