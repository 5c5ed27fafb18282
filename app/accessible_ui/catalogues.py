"""The catalogues of translations: written, checked and compiled. Source texts come from source_texts.

A catalogue is complete when each Dutch text of the product has one translation that can be shown as it is,
and nothing else stands in it. .po files are kept; .mo files are made at set-up.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from app.accessible_ui.source_texts import ROOT, SourceText, extract_source_texts
from app.accessible_ui.translation_rules import translation_faults

PLURAL_FORMS = {
    "en": "nplurals=2; plural=(n != 1)",
    # zero, one, two, few, many, other: the order of Unicode CLDR and GNU gettext.
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2"
    " : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5)",
}
"""Languages we have catalogues for. Dutch needs none: it is the source."""

_HEADER = """\
# Wijkbalie, translated from Dutch.
# Written by `tools/strings.py update`: sorted by the Dutch text, without line numbers or dates.
msgid ""
msgstr ""
"Project-Id-Version: Wijkbalie\\n"
"Language: {language}\\n"
"Plural-Forms: {plural_forms};\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def catalogue_path(language: str, root: Path = ROOT) -> Path:
    return root / "translations" / language / "LC_MESSAGES" / "messages.po"


def read_catalogue(language: str, root: Path = ROOT) -> Catalog:
    """What is kept for a language; empty if nothing is. Raises PoFileError on a broken file."""
    path = catalogue_path(language, root)
    content = path.read_bytes() if path.exists() else _header(language).encode()
    return read_po(BytesIO(content), locale=language, abort_invalid=True)


def update_catalogue(language: str, texts: list[SourceText], root: Path = ROOT) -> tuple[int, int]:
    """Adds what is new (untranslated), drops what is stale. Returns how many of each."""
    old = read_catalogue(language, root)
    new = Catalog(locale=language)
    added = 0
    for text in texts:
        known = old.get(text.singular, context=text.context)
        translation = _fitting_translation(known, text, language)
        added += not (known and any(_forms(known)))
        new.add(
            text.singular if text.plural is None else (text.singular, text.plural),
            translation,
            locations=[(file, 0) for file in sorted(text.files)],
            auto_comments=text.comments,
            user_comments=known.user_comments if known else [],
            context=text.context,
        )
    wanted = {text.key for text in texts}
    dropped = sum(_key(entry) not in wanted for entry in _entries(old)) + len(old.obsolete)
    path = catalogue_path(language, root)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_serialise(language, new))
    return added, dropped


def catalogue_faults(language: str, texts: list[SourceText], root: Path = ROOT) -> Iterator[str]:
    """What keeps a language from being complete, one sentence each."""
    try:
        catalogue = read_catalogue(language, root)
    except PoFileError as error:
        yield f"{language}: the file cannot be read: {error}"
        return
    source = {text.key: text for text in texts}
    for entry in _entries(catalogue):
        if _key(entry) not in source:
            yield f"{language}: stale: {entry.id!r} stands in no code or template any more"
    for obsolete in catalogue.obsolete:
        yield f"{language}: obsolete: {obsolete!r} is kept as a comment; take it out"
    for text in texts:
        known = catalogue.get(text.singular, context=text.context)
        where = ", ".join(sorted(text.files))
        if known is None or not any(_forms(known)):
            yield f"{language}: missing: {text.singular!r} ({where})"
        elif known.fuzzy:
            yield f"{language}: fuzzy: {text.singular!r} was guessed; read it and take the mark off ({where})"
        else:
            for fault in translation_faults(text, _forms(known), language, catalogue.num_plurals):
                yield f"{language}: {fault}: {text.singular!r} ({where})"


def compile_catalogue(language: str, root: Path = ROOT) -> int:
    """Writes the .mo file beside the .po file. Returns the number of texts."""
    catalogue = read_catalogue(language, root)
    with catalogue_path(language, root).with_suffix(".mo").open("wb") as target:
        write_mo(target, catalogue)
    return sum(any(_forms(entry)) for entry in _entries(catalogue))


def update_all(root: Path = ROOT) -> dict[str, tuple[int, int]]:
    """(texts without a translation, texts dropped) per language."""
    texts = extract_source_texts(root)
    return {language: update_catalogue(language, texts, root) for language in PLURAL_FORMS}


def _fitting_translation(known: Message | None, text: SourceText, language: str) -> str | tuple[str, ...]:
    """The translation so far, if it has the number of forms that the text needs now; else room for one."""
    if text.plural is None:
        return known.string if known and isinstance(known.string, str) else ""
    count = int(PLURAL_FORMS[language].split("nplurals=")[1].split(";")[0])
    forms = _forms(known) if known and not isinstance(known.string, str) else ()
    return forms if len(forms) == count else ("",) * count


def _serialise(language: str, catalogue: Catalog) -> bytes:
    body = BytesIO()
    write_po(body, catalogue, width=0, omit_header=True, include_lineno=False, ignore_obsolete=True)
    return _header(language).encode() + body.getvalue().rstrip(b"\n") + b"\n"


def _header(language: str) -> str:
    return _HEADER.format(language=language, plural_forms=PLURAL_FORMS[language])


def _entries(catalogue: Catalog) -> list[Message]:
    return [entry for entry in catalogue if entry.id]


def _key(entry: Message) -> tuple[str, str]:
    return entry.context or "", entry.id if isinstance(entry.id, str) else entry.id[0]


def _forms(entry: Message) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
