"""Which model translates what."""

from dataclasses import dataclass
from pathlib import Path

from app.domain.translation import Pair
from app.speech.tongue.routes import directions, routes


@dataclass(frozen=True)
class Model:
    engine: str
    pairs: tuple[tuple[str, str], ...]
    fixture: bool = False
    rank: int | None = None
    path: Path = Path("/models/x")


def pairs(*models: Model, allow_fixtures: bool = False) -> set[Pair]:
    return {route.pair for route in routes(directions(models, allow_fixtures)).values()}


NL_EN, EN_PT, PT_EN = ("nl", "en"), ("en", "pt"), ("pt", "en")


def test_firefox_goes_before_argos_unless_the_catalogue_knows_better() -> None:
    assert pairs(Model("argos", (EN_PT,)), Model("firefox", (EN_PT,))) == {
        Pair("en", "pt", "firefox", None, False)
    }
    assert pairs(Model("argos", (EN_PT,), rank=1), Model("firefox", (EN_PT,))) == {
        Pair("en", "pt", "argos", None, False)
    }


def test_english_stands_between_where_nothing_is_direct() -> None:
    found = pairs(Model("argos", (NL_EN,)), Model("firefox", (EN_PT, PT_EN)))
    assert Pair("nl", "pt", "argos+firefox", "en", False) in found
    assert Pair("nl", "pt", "argos", None, False) in pairs(
        Model("argos", (NL_EN, ("nl", "pt"))), Model("firefox", (EN_PT,))
    )
    assert not any(pair.source == pair.target for pair in found)
    assert Pair("pt", "fr", "firefox", "en", False) in pairs(Model("firefox", (PT_EN, ("en", "fr"))))


def test_no_more_than_one_language_stands_between() -> None:
    assert pairs(Model("argos", (("nl", "de"), ("de", "pt")))) == {
        Pair("nl", "de", "argos", None, False),
        Pair("de", "pt", "argos", None, False),
    }


def test_a_test_model_is_no_ability() -> None:
    fixture = Model("argos", (NL_EN,), fixture=True)
    assert pairs(fixture) == set()
    assert pairs(fixture, allow_fixtures=True) == {Pair("nl", "en", "argos", None, True)}
    through = pairs(fixture, Model("firefox", (EN_PT,)), allow_fixtures=True)
    assert Pair("nl", "pt", "argos+firefox", "en", True) in through


def test_a_real_model_goes_before_a_test_model_even_by_way_of_english() -> None:
    found = pairs(
        Model("argos", (("nl", "pt"),), fixture=True),
        Model("firefox", (NL_EN, EN_PT)),
        allow_fixtures=True,
    )
    assert Pair("nl", "pt", "firefox", "en", False) in found


def test_models_of_ears_and_mouths_are_not_looked_at() -> None:
    assert pairs(Model("whisper", ())) == set()
