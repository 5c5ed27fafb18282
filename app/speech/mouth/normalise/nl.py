"""Dutch, as people in the Netherlands read it aloud."""

import re

from app.speech.mouth.normalise.language import Language, day_first
from app.speech.mouth.normalise.rewriting import Rule, Said

_ONES = (
    "nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf",
    "twaalf", "dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien", "negentien",
)  # fmt: skip
_TENS = ["twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig"]
_ORDINALS = {1: "eerste", 3: "derde", 8: "achtste"}


def cardinal(number: int) -> str:
    """0 to 999, in one word."""
    if number >= 100:
        rest = number % 100
        hundreds = "" if number < 200 else _ONES[number // 100]
        return f"{hundreds}honderd{cardinal(rest) if rest else ''}"
    if number < 20:
        return _ONES[number]
    one, ten = number % 10, _TENS[number // 10 - 2]
    if not one:
        return ten
    return f"{_ONES[one]}{'ën' if one in (2, 3) else 'en'}{ten}"


def ordinal(number: int) -> str:
    """1 to 999."""
    last = number % 100
    if last in _ORDINALS:
        return (cardinal(number - last) if number >= 100 else "") + _ORDINALS[last]
    return cardinal(number) + ("de" if 2 <= last <= 19 else "ste")


def _time(hour: int, minute: int) -> str:
    return f"{hour} uur {minute}" if minute else f"{hour} uur"


def _amount(euros: str, cents: int) -> str:
    if euros == "0" and cents:
        return f"{cents} cent"
    return f"{euros} euro {cents}" if cents else f"{euros} euro"


def _ordinal_in(found: re.Match[str]) -> Said:
    number = int(found[1])
    return ordinal(number) if number else None


def _postcode(digits: str) -> str:
    return f"{digits[:2]} {digits[2:]}"


_SPELLED = (
    "BSN", "SVB", "UWV", "CAK", "CBR", "CJIB", "COA", "GGD", "GGZ", "GBA", "BRP", "IND",
    "KVK", "OV", "PGB", "RDW", "RMC", "ROC", "SOA", "VOG", "VVE", "WLZ", "WMO", "ZZP", "AOW", "ANW",
    "AWBZ", "BTW", "BV", "CIZ", "CV", "EU", "EHBO", "GPS", "HBO", "HR", "IBB", "ICT", "ID", "LHBTI",
    "MBO", "NAW", "NS", "NVM", "PV", "TV", "URL", "USB", "VVV", "VWO", "WA", "WC", "WGA", "WKO", "WML",
    "WW", "WSW", "WSNP",
)  # fmt: skip

_ABBREVIATIONS = {
    "a.u.b.": "alstublieft", "A.u.b.": "Alstublieft", "a.s.": "aanstaande", "afd.": "afdeling",
    "art.": "artikel", "bijv.": "bijvoorbeeld", "Bijv.": "Bijvoorbeeld", "bv.": "bijvoorbeeld",
    "blz.": "bladzijde", "ca.": "ongeveer", "d.d.": "van", "dhr.": "de heer", "Dhr.": "De heer",
    "drs.": "doctorandus", "dr.": "dokter", "d.m.v.": "door middel van", "e.a.": "en andere",
        "e.d.": "en dergelijke",
    "enz.": "enzovoort", "etc.": "et cetera", "evt.": "eventueel", "Evt.": "Eventueel", "excl.": "exclusief",
    "i.p.v.": "in plaats van", "i.v.m.": "in verband met", "I.v.m.": "In verband met", "incl.": "inclusief",
    "ing.": "ingenieur", "ir.": "ingenieur", "jl.": "jongstleden", "m.b.t.": "met betrekking tot",
    "m.b.v.": "met behulp van", "m.i.v.": "met ingang van", "M.i.v.": "Met ingang van",
        "m.u.v.": "met uitzondering van",
    "max.": "maximaal", "mevr.": "mevrouw", "Mevr.": "Mevrouw", "mw.": "mevrouw", "Mw.": "Mevrouw",
    "min.": "minimaal", "mr.": "meester", "n.a.v.": "naar aanleiding van", "N.a.v.": "Naar aanleiding van",
    "n.v.t.": "niet van toepassing", "nr.": "nummer", "Nr.": "Nummer", "nrs.": "nummers",
        "o.a.": "onder andere",
    "o.b.v.": "op basis van", "o.v.v.": "onder vermelding van", "p.j.": "per jaar", "p.m.": "per maand",
    "p.p.": "per persoon", "p/m": "per maand", "pag.": "pagina", "s.v.p.": "alstublieft",
        "S.v.p.": "Alstublieft",
    "t.a.v.": "ter attentie van", "T.a.v.": "Ter attentie van", "t.b.v.": "ten behoeve van",
    "t.g.v.": "ten gevolge van", "t.o.v.": "ten opzichte van", "t.z.t.": "te zijner tijd", "t/m": "tot en met",
    "tel.": "telefoon", "Tel.": "Telefoon", "tel.nr.": "telefoonnummer", "v.a.": "vanaf", "vgl.": "vergelijk",
    "vlgs.": "volgens", "w.o.": "waaronder", "z.o.z.": "zie ommezijde", "z.s.m.": "zo snel mogelijk",
    "zgn.": "zogenaamde",
    "jan.": "januari", "feb.": "februari", "mrt.": "maart", "apr.": "april", "jun.": "juni", "jul.": "juli",
    "aug.": "augustus", "sep.": "september", "sept.": "september", "okt.": "oktober", "nov.": "november",
    "dec.": "december",
    "DigiD": "Digi D", "MijnOverheid": "Mijn Overheid", "KvK": "K V K", "WhatsApp": "Whatsapp", "Wlz": "W L Z",
    "Wmo": "W M O", "BTW": "B T W", "btw": "b t w", "24/7": "24 uur per dag", "&": "en", "§": "paragraaf",
} | {word: " ".join(word.replace("-", "")) for word in _SPELLED}  # fmt: skip

# "do" and its like are words of their own too; only beside another day they are days.
_DAYS = {"ma": "maandag", "di": "dinsdag", "wo": "woensdag", "do": "donderdag", "vr": "vrijdag",
        "za": "zaterdag",
         "zo": "zondag"}  # fmt: skip


def _days(found: re.Match[str]) -> Said:
    joint = {"/": "en", "en": "en"}.get(found[2].strip(), "tot en met")
    return [
        (_DAYS[found[1].lower()], found.start(1)),
        (joint, found.start(1)),
        (_DAYS[found[3].lower()], found.start(3)),
    ]


_OWN = (
    Rule(re.compile(r"(?<![\w.,-])(\d{1,3})(?:e|de|ste)(?!\w)"), _ordinal_in),
    Rule(
        re.compile(
            r"(?i)(?<!\w)(ma|di|wo|do|vr|za|zo)\.?(\s?[-–/]\s?|\s(?:t/m|tot|tot en met|en)\s)"
            r"(ma|di|wo|do|vr|za|zo)\b\.?"
        ),
        _days,
    ),
)

_MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)

LANGUAGE = Language(
    months=_MONTHS,
    date=day_first,
    time=_time,
    amount=_amount,
    percent="procent",
    until="tot",
    minus="min",
    plus="plus",
    at="apenstaartje",
    dot="punt",
    dash="streepje",
    slash="schuine streep",
    underscore="laag streepje",
    decimal=",",
    hour_words=r"uur|u\.|u|h",
    abbreviations=_ABBREVIATIONS,
    units={
        "km": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter", "kg": "kilo", "g": "gram",
        "l": "liter", "m2": "vierkante meter", "m²": "vierkante meter", "m3": "kubieke meter",
        "m³": "kubieke meter",
        "km/u": "kilometer per uur", "°C": "graden", "°": "graden", "min.": "minuten", "sec.": "seconden",
        "MB": "megabyte", "GB": "gigabyte", "kWh": "kilowattuur", "mln.": "miljoen", "mld.": "miljard",
        "x": "keer",
        "mln": "miljoen", "jr.": "jaar", "wk.": "weken", "mnd.": "maanden", "mnd": "maanden",
    },
    postcode=_postcode,
    own=_OWN,
)  # fmt: skip
