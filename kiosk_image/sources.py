"""Debian 12's package sources as this machine has them, one line each, for mmdebstrap.

Only Debian's own: what a building machine has besides (a tool's maker, a cloud) does not belong on a terminal.
No address is written down in this project: who builds behind a mirror gets the packages of that mirror.
"""

import sys
from pathlib import Path

SUITES = ("bookworm", "bookworm-updates", "bookworm-security")


class NoSources(Exception):
    """This machine cannot say where Debian 12's packages are."""


def debian_sources(etc_apt: Path) -> list[str]:
    """`deb [signed-by=…] address suite components`, in the order of SUITES. Raises NoSources."""
    found: list[tuple[int, str]] = []
    for file in (etc_apt / "sources.list", *sorted((etc_apt / "sources.list.d").glob("*"))):
        if file.suffix == ".sources":
            found += _stanzas(file.read_text("utf-8"))
        elif file.suffix == ".list" and file.exists():
            found += _lines(file.read_text("utf-8"))
    lines = list(dict.fromkeys(line for _, line in sorted(found)))
    if not any(" bookworm " in line for line in lines):
        raise NoSources(
            "The terminal's image is made of Debian 12's packages, and this machine has no source of them. "
            f"Build on Debian 12, or add its sources to {etc_apt}."
        )
    return lines


def _stanzas(text: str) -> list[tuple[int, str]]:
    found = []
    for stanza in text.split("\n\n"):
        fields = {
            name.strip().lower(): value.strip()
            for name, value in (
                line.split(":", 1) for line in stanza.splitlines() if ":" in line and not line.startswith("#")
            )
        }
        if fields.get("enabled", "yes").lower() == "no" or "deb" not in fields.get("types", "").split():
            continue
        key = fields.get("signed-by", "")
        option = f"[signed-by={key}] " if key.startswith("/") else ""
        for address in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                if suite in SUITES:
                    line = f"deb {option}{address} {suite} {fields.get('components', 'main')}"
                    found.append((SUITES.index(suite), line))
    return found


def _lines(text: str) -> list[tuple[int, str]]:
    found = []
    for line in text.splitlines():
        words = line.split("#")[0].split("]")[-1].split()
        words = words[1:] if words[:1] == ["deb"] else words
        if line.startswith("deb ") and len(words) >= 3 and words[1] in SUITES:
            found.append((SUITES.index(words[1]), " ".join(line.split("#")[0].split())))
    return found


if __name__ == "__main__":
    try:
        print("\n".join(debian_sources(Path("/etc/apt"))))
    except NoSources as problem:
        sys.exit(str(problem))
