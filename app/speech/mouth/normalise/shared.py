"""Rules for what looks alike in every language: dates, times, amounts, numbers of all sorts, addresses."""

import re
from collections.abc import Callable

from app.speech.mouth.normalise.language import Language
from app.speech.mouth.normalise.rewriting import Piece, Rule, Said

_Found = re.Match[str]
_DASH = r"[-–—‑]"
_START = r"(?<![\w.,:/@+-])"
_END = r"(?![\w@]|[.,:/-]\d)"
_NUMBER = r"\d{1,3}(?:[.,\s]\d{3}(?!\d))+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"
_CLOCK = r"([01]?\d|2[0-4])[:.]([0-5]\d)"
_LONGEST_SPOKEN_PATH = 40
_LABELLED = r"(?i:\b(bsn|burgerservicenummer|sofinummer)\b(?:\s+(?:is|nr\.?|nummer))?\s*:?\s*)"


def rules_of(language: Language) -> tuple[Rule, ...]:
    """In order: what is more certain goes first."""
    return (
        *_addresses(language),
        *language.first,
        *_bank_and_identity(language),
        *_dates_and_times(language),
        *_amounts(language),
        *_telephone(language),
        *language.own,
        *_places(language),
        *_numbers(language),
        *_short_words(language),
    )


def _addresses(language: Language) -> tuple[Rule, ...]:
    signs = {
        "@": language.at, ".": language.dot, "-": language.dash, "/": language.slash, "_": language.underscore,
        "+": language.plus,
    }  # fmt: skip

    def spelled(address: str, start: int) -> list[Piece]:
        pieces: list[Piece] = []
        for part in re.finditer(r"[@./_+-]|[^@./_+-]+", address):
            word = part[0]
            is_top = address[: part.start()].endswith(".") and address[part.end() :][:1] in ("", "/")
            short = word == "www" or (is_top and len(word) == 2 and "@" not in address[part.end() :])
            said = signs.get(word) or (language.letters(word.upper()) if short else word)
            pieces.append((said, start + part.start()))
        return pieces

    def web(found: _Found) -> Said:
        host, path = found["host"], (found["path"] or "").rstrip("/")
        if len(path) > _LONGEST_SPOKEN_PATH or re.search(r"[?#%=&]", path):
            path = ""  # nobody can use that by ear
        return spelled(host + path, found.start("host"))

    mail = r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
    host = r"(?P<host>(?:[\w-]{1,63}\.){1,6}[a-z]{2,10})"
    path = r"(?P<path>/[^\s<>\"'“”]{0,300}?)?(?=[.,;:!?)\]»”\"']*(?:\s|$))"
    top = "nl|be|com|org|net|eu|de|uk|gov|info|amsterdam"
    return (
        Rule(re.compile(mail), lambda found: spelled(found[0], found.start())),
        Rule(re.compile(rf"https?://{host}(?::\d+)?{path}", re.I), web),
        Rule(re.compile(rf"(?<![\w@./-])(?P<host>(?:[\w-]{{1,63}}\.){{1,6}}(?:{top})){path}", re.I), web),
    )


def _bank_and_identity(language: Language) -> tuple[Rule, ...]:
    def iban(found: _Found) -> Said:
        groups = [
            (digits_and_letters(found[0][at : at + size].replace(" ", ""), language), found.start() + at)
            for at, size in _fours(found[0])
        ]
        return _paused(groups, language)

    def labelled(found: _Found) -> Said:
        number = re.sub(r"\D", "", found[2])
        if len(number) not in (8, 9):
            return None
        return [(found[1], found.start()), (_threes(number, language), found.start(2))]

    return (
        Rule(re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"), iban),
        Rule(re.compile(rf"{_LABELLED}(\d[\d. ]{{6,11}}\d){_END}"), labelled),
    )


def _fours(iban: str) -> list[tuple[int, int]]:
    """Place and length of each four letters or digits, as they are printed on a card."""
    places = [place for place, sign in enumerate(iban) if sign != " "]
    return [
        (places[first], places[min(first + 3, len(places) - 1)] + 1 - places[first])
        for first in range(0, len(places), 4)
    ]


def digits_and_letters(text: str, language: Language) -> str:
    return " ".join(language.letters(part) if part.isalpha() else " ".join(part)
                    for part in re.findall(r"\d+|[^\W\d_]+", text))  # fmt: skip


def _paused(groups: list[Piece], language: Language) -> list[Piece]:
    """A breath after each group but the last."""
    return [(words + language.pause, place) for words, place in groups[:-1]] + groups[-1:]


def _threes(number: str, language: Language) -> str:
    groups = [" ".join(number[at : at + 3]) for at in range(0, len(number), 3)]
    return f"{language.pause} ".join(groups)


def _dates_and_times(language: Language) -> tuple[Rule, ...]:
    def date(found: _Found) -> Said:
        day, month, year = int(found["day"]), int(found["month"]), found["year"] or ""
        if not (1 <= day <= 31 and 1 <= month <= 12):
            return None
        if len(year) == 2:
            year = ("20" if int(year) < 70 else "19") + year
        return language.date(day, language.months[month - 1], year)

    def short_date(found: _Found) -> Said:
        day, month = found["day"], found["month"]
        # "10-12" goes up: a range. "12-03" has a nought, "24-12" goes down: dates.
        is_date = day[0] == "0" or month[0] == "0" or int(day) > int(month)
        if not is_date or not (1 <= int(day) <= 31 and 1 <= int(month) <= 12):
            return None
        return language.date(int(day), language.months[int(month) - 1], "")

    def clock(hour: str, minute: str, half: str | None) -> str:
        hours = int(hour)
        if half and hours <= 12:
            hours = hours % 12 + (12 if half[0] in "pP" else 0)
        return language.time(hours, int(minute))

    def time(found: _Found) -> Said:
        return clock(found[1], found[2], found["half"])

    def times(found: _Found) -> Said:
        return [
            (clock(found[1], found[2], None), found.start(1)),
            (language.until, found.start(1)),
            (clock(found[3], found[4], None), found.start(3)),
        ]

    after = rf"(?:\s*(?:{language.hour_words})(?!\w))" if language.hour_words else "(?!)"
    half = r"(?:\s*(?P<half>[ap]\.?m\b\.?))" if language.am_pm else "(?P<half>(?!))"
    dmy = r"(?P<day>\d{1,2})([-/.])(?P<month>\d{1,2})\2(?P<year>\d{4}|\d{2})"
    ymd = r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
    # With a colon it is a time; with a point only if a word says so.
    colon = _CLOCK.replace("[:.]", ":")
    return (
        Rule(re.compile(rf"{_START}{ymd}{_END}"), date),
        Rule(re.compile(rf"{_START}{dmy}{_END}"), date),
        Rule(re.compile(rf"{_START}{colon}\s?{_DASH}\s?{colon}{after}?{_END}"), times),
        Rule(re.compile(rf"{_START}{_CLOCK}\s?{_DASH}\s?{_CLOCK}{after}"), times),
        Rule(re.compile(rf"{_START}{_CLOCK}(?:{half}|{after})"), time),
        Rule(re.compile(rf"{_START}{colon}{half}?{_END}"), time),
        Rule(re.compile(rf"{_START}(?!24/7)(?P<day>\d{{1,2}})[-/](?P<month>\d{{1,2}}){_END}"), short_date),
    )


def plain_number(written: str, language: Language, money: bool = False) -> tuple[str, str]:
    """Whole part without separators, and the decimals or ""."""
    spaceless = re.sub(r"\s", "", written)
    last = max(spaceless.rfind("."), spaceless.rfind(","))
    if last < 0:
        return spaceless, ""
    whole, sign, rest = spaceless[:last], spaceless[last], spaceless[last + 1 :]
    several = len(re.findall(r"[.,]", spaceless))
    one_sort = len(set(re.findall(r"[.,]", spaceless))) == 1
    thousands = len(rest) == 3 and 1 <= len(re.split("[.,]", whole)[-1]) <= 3 and whole != "0" and (
        money or (several > 1 and one_sort) or sign != language.decimal
    )  # fmt: skip
    digits = re.sub(r"[.,]", "", whole)
    return (digits + rest, "") if thousands else (digits, rest)


def _amounts(language: Language) -> tuple[Rule, ...]:
    def euros(written: str) -> str | None:
        whole, decimals = plain_number(written, language, money=True)
        if len(decimals) > 2 or len(whole) > 12:
            return None
        return language.amount(str(int(whole)), int(decimals.ljust(2, "0")) if decimals else 0)

    def amount(found: _Found) -> Said:
        said = euros(found["number"])
        if said is None:
            return None
        minus = [(language.minus, found.start())] if found["minus"] else []
        # "€ 12,50" is two words on the page: the sign lights up with "12", the number with "euro 50".
        number, _, rest = said.partition(" ")
        return [*minus, (number, found.start("euro")), (rest, found.start("number"))]

    def amounts(found: _Found) -> Said:
        first, second = euros(found[1]), euros(found[2])
        if first is None or second is None:
            return None
        return [(first, found.start()), (language.until, found.start()), (second, found.start(2))]

    nought = r"(?:,(?:-{1,2}|[–—=]))?"
    return (
        Rule(re.compile(rf"(?:€|EUR)\s?({_NUMBER})\s?{_DASH}\s?(?:€|EUR)\s?({_NUMBER}){_END}"), amounts),
        Rule(
            re.compile(
                rf"(?P<minus>(?<![\w-])[-−–]\s?)?(?P<euro>(?:€|\bEUR)\s?)(?P<number>{_NUMBER}){nought}"
                rf"(?!\s(?:miljoen|miljard|million|billion|thousand|duizend)){_END}"
            ),
            amount,
        ),
        Rule(
            re.compile(
                rf"{_START}(?P<minus>[-−]\s?)?(?P<euro>)(?P<number>{_NUMBER}){nought}\s?"
                rf"(?:€|EUR\b|euro's\b|euro\b|euros\b|Euro\b|يورو|євро\b|یورو)"
            ),
            amount,
        ),
    )


def _telephone(language: Language) -> tuple[Rule, ...]:
    def number(found: _Found) -> Said:
        digits = re.sub(r"\D", "", found[0])
        if not 8 <= len(digits) <= 15:
            return None
        groups: list[Piece] = []
        for part in re.finditer(r"\+?\d+", found[0]):
            group = part[0].lstrip("+")
            size = 2 if len(group) % 2 == 0 and len(group) > 4 else 3
            said = " ".join(group) if len(group) <= 4 else _grouped(group, size, language)
            if part[0][0] == "+":
                said = f"{language.plus} {said}"
            groups.append((said, found.start() + part.start()))
        return _paused(groups, language)

    def municipal(found: _Found) -> Said:
        return [("14" + language.pause, found.start()), (" ".join(found[1]), found.start(1))]

    gap = r"(?:[\s-]|\s-\s)?"
    return (
        Rule(
            re.compile(
                rf"(?<![\w.,/:-])(?:\(\d{{3,4}}\){gap}|\+\d{{1,3}}{gap}(?:\(0\))?{gap}|00\d{{2}}{gap}|0)"
                rf"\d{{1,9}}(?:{gap}\d{{2,9}}){{0,5}}{_END}"
            ),
            number,
        ),
        Rule(re.compile(rf"{_START}14\s?(0\d{{2,3}}){_END}"), municipal),
    )


def _grouped(digits: str, size: int, language: Language) -> str:
    groups = [" ".join(digits[at : at + size]) for at in range(0, len(digits), size)]
    return f"{language.pause} ".join(groups)


def _places(language: Language) -> tuple[Rule, ...]:
    def postcode(found: _Found) -> Said:
        return [
            (language.postcode(found[1]) + language.pause, found.start(1)),
            (language.letters(found[2]), found.start(2)),
        ]

    def house(found: _Found) -> Said:
        return [(found[1], found.start(1)), (language.letters(found[2].upper()), found.start(2))]

    return (
        Rule(re.compile(r"(?<![\w.,-])([1-9]\d{3})\s?(?!SA|SD|SS)([A-Z]{2})(?![\w-])"), postcode),
        Rule(re.compile(r"(?<=[^\W\d_] )(\d{1,5})[-\s]?([A-Z])(?![\w'’])"), house),
        Rule(re.compile(r"(?<=[^\W\d_] )(\d{1,5})-?([a-df-hj-l])(?![\w'’])"), house),
    )


def _numbers(language: Language) -> tuple[Rule, ...]:
    def said(written: str) -> str:
        whole, decimals = plain_number(written, language)
        if not decimals:
            return whole
        if language.decimal_word:
            return f"{whole} {language.decimal_word} {decimals}"
        return f"{whole}{language.decimal}{decimals}"

    def percentage(found: _Found) -> Said:
        return (
            f"{language.percent} {said(found[1])}"
            if language.percent_first
            else f"{said(found[1])} {language.percent}"
        )

    def percentages(found: _Found) -> Said:
        first = f"{language.percent} {said(found[1])}" if language.percent_first else said(found[1])
        last = said(found[2]) if language.percent_first else f"{said(found[2])} {language.percent}"
        return [(f"{first} {language.until}", found.start(1)), (last, found.start(2))]

    def span(found: _Found) -> Said:
        if int(found[1]) >= int(found[2]):
            return None
        return [(f"{found[1]} {language.until}", found.start(1)), (found[2], found.start(2))]

    def identity(found: _Found) -> Said:
        return _threes(found[1], language)

    def number(found: _Found) -> Said:
        return None if found[0].isdigit() else said(found[0])

    def unit(found: _Found) -> Said:
        return [(said(found[1]), found.start(1)), (language.units[found[2]], found.start(2))]

    units = _any_of(language.units)
    return (
        Rule(re.compile(rf"{_START}({_NUMBER})\s?%?\s?{_DASH}\s?({_NUMBER})\s?[%٪]"), percentages),
        Rule(re.compile(rf"{_START}({_NUMBER})\s?[%٪]"), percentage),
        Rule(re.compile(rf"(?<![\w%])[%٪]\s?({_NUMBER})"), percentage),
        Rule(
            re.compile(rf"(?<![\w.,-])([1-9]\d{{0,4}})\s?{_DASH}\s?([1-9]\d{{0,4}})(?!\s?{_DASH}){_END}"),
            span,
        ),
        Rule(re.compile(rf"(?<![\w.,])({_NUMBER})\s?({units})(?!\w)"), unit),
        Rule(re.compile(r"(?<![\d.,])(0\d{2,19}|\d{7,20})(?![\d]|[.,]\d)"), identity),
        Rule(re.compile(rf"(?<![\w.,])(?:{_NUMBER})(?![\w]|[.,]\d)"), number),
    )


def _any_of(words: object) -> str:
    longest_first = sorted(words, key=len, reverse=True)  # type: ignore[call-overload]
    return "|".join(map(re.escape, longest_first)) or "(?!)"


def _short_words(language: Language) -> tuple[Rule, ...]:
    table = language.abbreviations
    pattern = rf"(?<![\w.])(?:{_any_of(table)})(?!\w)"
    return (Rule(re.compile(pattern), _looked_up(table.__getitem__)),)


def _looked_up(find: Callable[[str], str]) -> Callable[[_Found], Said]:
    return lambda found: find(found[0])
