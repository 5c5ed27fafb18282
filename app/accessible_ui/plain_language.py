"""`wijkbalie check plain-language`: every Dutch text against the rules, and a score per page."""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.accessible_ui.source_texts import ROOT, extract_source_texts
from app.domain.plain_language import (
    MILD,
    STRICT,
    ExceptionList,
    Limits,
    MalformedExceptions,
    PageResult,
    WordData,
    WordDataMissing,
    check_page,
)

EMPLOYEE_ROOMS = ("app/desk/", "app/accessible_ui/desk_page.html", "app/conversations/console.")
"""Read by employees only: B2 will do. Everything else a citizen may meet, so B1."""

_COMPONENT_EXAMPLES = "/examples.html"


def limits_for(file: str) -> Limits:
    """MILD where only employees read, else STRICT."""
    return MILD if file.startswith(EMPLOYEE_ROOMS) else STRICT


def texts_per_page(root: Path = ROOT) -> dict[str, list[str]]:
    """The Dutch texts of each template and module below root/app; a text in two files counts for both."""
    pages: dict[str, list[str]] = defaultdict(list)
    for text in extract_source_texts(root):
        for file in sorted(text.files):
            if not file.endswith(_COMPONENT_EXAMPLES):
                pages[file] += text.forms
    return dict(sorted(pages.items()))


def check_pages(
    pages: dict[str, list[str]], exceptions: ExceptionList, data: WordData | None = None
) -> list[PageResult]:
    """One result per page, in the order given. Raises WordDataMissing without the word lists."""
    return [check_page(where, texts, limits_for(where), exceptions, data) for where, texts in pages.items()]


def main(
    argv: Sequence[str] | None = None,
    more_texts: Iterable[tuple[str, str]] = (),
    root: Path = ROOT,
    data: WordData | None = None,
) -> int:
    """Prints findings and scores. 0: all is plain; 1: something is not; 2: the check could not be made.

    more_texts: (where, Dutch text) of texts that gettext does not know, such as those of service types.
    """
    options = _parse(argv)
    if options.text:
        return _check_one(" ".join(options.text), data)
    pages = texts_per_page(root)
    for where, text in more_texts:
        pages.setdefault(where, []).append(text)
    try:
        exceptions = ExceptionList.standard()
        results = check_pages(pages, exceptions, data)
    except (MalformedExceptions, WordDataMissing) as error:
        sys.stderr.write(f"plain-language: {error}\n")
        return 2
    return _report(results, exceptions.stale(), quiet=options.quiet)


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="wijkbalie check plain-language", description=main.__doc__)
    parser.add_argument("--quiet", action="store_true", help="only what is wrong, no scores")
    parser.add_argument("text", nargs="*", help="check this text instead, as strictly as a citizen's")
    return parser.parse_args(argv)


def _check_one(text: str, data: WordData | None) -> int:
    try:
        result = check_page("text", [text], STRICT, ExceptionList.standard(), data)
    except (MalformedExceptions, WordDataMissing) as error:
        sys.stderr.write(f"plain-language: {error}\n")
        return 2
    return _report([result], [], quiet=False)


def _report(results: list[PageResult], stale: list[str], quiet: bool) -> int:
    write = sys.stdout.write
    findings = [finding for result in results for finding in result.findings]
    for finding in findings:
        write(f"{finding}\n")
    for value in stale:
        write(f"exceptions.toml: stale: {value!r} excuses nothing any more → take it out\n")
    if not quiet:
        write("score  words  page\n")
        for result in results:
            level = "B2" if limits_for(result.where) is MILD else "B1"
            write(f"{result.score:5}  {result.words:5}  {result.where} ({level})\n")
    words = sum(result.words for result in results)
    mean = sum(result.score * result.words for result in results) / words if words else 100
    write(
        f"plain language: {len(results)} pages, {words} words, mean score {mean:.0f}; "
        f"{len(findings)} findings, {len(stale)} stale exceptions\n"
    )
    return 1 if findings or stale else 0


if __name__ == "__main__":
    sys.exit(main())
