"""Which model, or which two, bring a text from one language to another."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.domain.translation import Pair
from app.speech.tongue.engine import ENGINES
from app.speech.tongue.engine_process import ModelPlace

PIVOT = "en"
"""Where no model goes directly: most models are from or to English."""

_RANK = {"firefox": 10, "argos": 20}
"""Where the catalogue gives a model no rank of its own: Firefox's are many times quicker."""


class TranslationModel(Protocol):
    """What this needs of an installed model (app.speech.models); an optional `rank` comes from the catalogue."""

    @property
    def engine(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def pairs(self) -> Sequence[Sequence[str]]: ...
    @property
    def fixture(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Direction:
    """One model in one direction. rank: the lower one measured better."""

    place: ModelPlace
    rank: int
    fixture: bool


@dataclass(frozen=True, slots=True)
class Route:
    """One or two models, in the order in which they are used."""

    legs: tuple[Direction, ...]

    @property
    def pair(self) -> Pair:
        first, last = self.legs[0].place, self.legs[-1].place
        return Pair(
            first.source,
            last.target,
            "+".join(dict.fromkeys(leg.place.engine for leg in self.legs)),
            first.target if len(self.legs) > 1 else None,
            any(leg.fixture for leg in self.legs),
        )


def directions(models: Iterable[TranslationModel], allow_fixtures: bool) -> list[Direction]:
    """Of the installed models those that translate; test models only if they are allowed."""
    return [
        Direction(
            ModelPlace(model.engine, str(model.path), source, target),
            getattr(model, "rank", None) or _RANK[model.engine],
            model.fixture,
        )
        for model in models
        if model.engine in ENGINES and (allow_fixtures or not model.fixture)
        for source, target in model.pairs
    ]


def routes(usable: Collection[Direction]) -> dict[tuple[str, str], Route]:
    """The best way for each pair: real before test models, then direct before pivoted, then by rank."""
    best: dict[tuple[str, str], Route] = {}
    ways = [Route((one,)) for one in usable]
    ways += [
        Route((one, two))
        for one in usable
        for two in usable
        if one.place.target == PIVOT == two.place.source and one.place.source != two.place.target
    ]
    for way in sorted(ways, key=_quality):
        best.setdefault((way.pair.source, way.pair.target), way)
    return best


def _quality(way: Route) -> tuple[bool, int, int, str]:
    return way.pair.fixture, len(way.legs), sum(leg.rank for leg in way.legs), way.pair.engine
