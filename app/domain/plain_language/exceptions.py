"""Words and texts that may stay although a rule doubts them, each with its reason.

The list is kept honest: an exception without a reason is refused, and one that excuses nothing any more is
reported as stale, so that it cannot hide tomorrow's mistake.
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.plain_language.findings import Finding, Rule

FILE = Path(__file__).parent / "exceptions.toml"

_WORD_RULES = {Rule.LONG_WORD, Rule.RARE_WORD, Rule.ABBREVIATION, Rule.OFFICIALESE, Rule.NUMBER_WORD}


class MalformedExceptions(ValueError):
    """The file cannot be trusted: a reason is missing, or an entry is double or says too much."""


@dataclass(frozen=True, slots=True)
class _Exception:
    kind: str
    """ "word" or "text"."""
    value: str
    rule: str | None
    """None: any rule about a single word."""
    reason: str

    def excuses(self, finding: Finding, text: str) -> bool:
        if self.kind == "text":
            return finding.rule == self.rule and text == self.value
        fits_rule = finding.rule == self.rule if self.rule else finding.rule in _WORD_RULES
        return fits_rule and finding.found.lower() == self.value.lower()


@dataclass(slots=True)
class ExceptionList:
    """Remembers which of its entries were of use during a run."""

    entries: tuple[_Exception, ...] = ()
    _used: set[_Exception] = field(default_factory=set)

    @classmethod
    def read(cls, toml: str) -> "ExceptionList":
        """From the text of an exceptions file. Raises MalformedExceptions, naming the entry."""
        try:
            tables = tomllib.loads(toml)
        except tomllib.TOMLDecodeError as error:
            raise MalformedExceptions(str(error)) from error
        entries = tuple(_read_entry(kind, raw) for kind in ("word", "text") for raw in tables.pop(kind, []))
        if tables:
            raise MalformedExceptions(f"unknown table {next(iter(tables))!r}: only [[word]] and [[text]]")
        seen: set[tuple[str, str, str | None]] = set()
        for entry in entries:
            key = (entry.kind, entry.value.lower(), entry.rule)
            if key in seen:
                raise MalformedExceptions(f"{entry.value!r} stands there twice")
            seen.add(key)
        return cls(entries)

    @classmethod
    def standard(cls) -> "ExceptionList":
        """The project's own list."""
        return cls.read(FILE.read_text(encoding="utf-8"))

    def excuse(self, finding: Finding, text: str) -> bool:
        """Whether the finding in this text is allowed to stay; remembers the entry as used."""
        hits = [entry for entry in self.entries if entry.excuses(finding, text)]
        self._used.update(hits)
        return bool(hits)

    def stale(self) -> list[str]:
        """Entries that excused nothing since the list was read."""
        return [entry.value for entry in self.entries if entry not in self._used]


def _read_entry(kind: str, raw: dict[str, str]) -> _Exception:
    name = "is" if kind == "word" else "text"
    value, reason, rule = raw.get(name, "").strip(), raw.get("reason", "").strip(), raw.get("rule")
    if not value:
        raise MalformedExceptions(f"a [[{kind}]] has no {name!r}")
    if len(reason.split()) < 2:
        raise MalformedExceptions(f"{value!r} has no reason")
    if rule is not None and rule not in set(Rule):
        raise MalformedExceptions(f"{value!r} names an unknown rule {rule!r}")
    if kind == "text" and rule is None:
        raise MalformedExceptions(f"the text {value!r} must name the one rule it may break")
    if unknown := set(raw) - {name, "reason", "rule"}:
        raise MalformedExceptions(f"{value!r} has an unknown field {min(unknown)!r}")
    return _Exception(kind, value, rule, reason)
