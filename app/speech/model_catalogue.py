"""The catalogue of models (models.toml): what can be installed, from where, and how its bytes are known."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ENGINES = ("whisper", "vosk", "argos", "firefox", "piper")
TRANSLATORS = ("argos", "firefox")

Languages = tuple[str, ...]
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the catalogue.

    size_bytes: of the installed files, about. pairs: (source, target) language codes, for the engines that translate.
    sources: tried in order; see models.toml for what each holds.
    """

    name: str
    title: str
    engine: str
    languages: Languages
    size_bytes: int
    licence: str
    makers: str
    sources: tuple[Mapping[str, Any], ...]
    pairs: Pairs = ()

    @property
    def pinned(self) -> bool:
        """Whether a source gives files whose checksum we know beforehand."""
        return any(not source.get("unpinned") for source in self.sources)


@cache
def _toml() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("models.toml").read_text(encoding="utf-8"))


def default_models() -> tuple[str, ...]:
    """What is installed when nothing is named; the recogniser first."""
    return tuple(_toml()["default"])


@cache
def catalogue() -> dict[str, Model]:
    """Name → model, in the file's order."""
    entries = dict(_toml()["models"])
    for family in _toml()["families"].values():
        entries |= _members(family)
    return {name: _model(name, entry) for name, entry in entries.items()}


def _model(name: str, entry: Mapping[str, Any]) -> Model:
    pairs = tuple((source, target) for source, target in entry.get("pairs", ()))
    languages = tuple(entry.get("languages", ())) or tuple(
        dict.fromkeys(code for pair in pairs for code in pair)
    )
    rest = {key: value for key, value in entry.items() if key not in ("pairs", "languages", "sources")}
    return Model(name=name, languages=languages, pairs=pairs, sources=tuple(entry["sources"]), **rest)


def _members(family: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """A family's shared texts hold {places} that each member fills with its own words."""
    shared = {key: value for key, value in family.items() if key not in ("members", "source")}
    entries = {}
    for name, member in family["members"].items():
        words = {key: value for key, value in member.items() if isinstance(value, str)}
        if "pair" in member:
            words |= {"from": member["pair"][0], "to": member["pair"][1]}
        own = {key: value for key, value in member.items() if key in ("languages", "size_bytes", "licence")}
        if "pair" in member:
            own["pairs"] = [member["pair"]]
        pinned = {key: member[key] for key in ("files", "sha256") if key in member}
        source = {key: _filled(value, words) for key, value in family["source"].items()} | pinned
        if pinned:
            source.pop("unpinned", None)
        if "stored" in member:
            source["stored"] = member["stored"]
        texts = {key: _filled(value, words) for key, value in shared.items()}
        entries[name] = {**texts, **own, "sources": [source, *member.get("more_sources", ())]}
    return entries


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return value.format_map(words)
    if isinstance(value, list):
        return [_filled(item, words) for item in value]
    return value
