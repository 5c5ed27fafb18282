"""Translation: what our care costs beside the bare engine, what survives, and how good it is.

The bare engine is fxtranslate with the same models, asked sentence by sentence in this process. Both take turns, so
that other work on the machine weighs on both alike.
"""

import statistics
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sacrebleu.metrics import CHRF

from app.speech.tongue import Tongue
from app.speech.tongue.firefox import FirefoxEngine
from app.speech.tongue.routes import directions
from tests.engines.protected_sentences import protected_sentences, still_holds
from tests.engines.translation_models import KEPT_IN, Model, english_portuguese

OTHER = {"en": "pt", "pt": "en"}
ROUNDS = 5
Translate = Callable[[str, str, Sequence[str]], str]


def translation(_recordings: Path) -> Iterator[dict[str, Any]]:
    files = english_portuguese(KEPT_IN)
    bare = {source: FirefoxEngine(files, source, target) for source, target in OTHER.items()}
    tongue = Tongue(directions([Model("firefox", files, (("en", "pt"), ("pt", "en")))], allow_fixtures=False))
    tongue.tried.wait(60)

    def ours(text: str, source: str, names: Sequence[str] = ()) -> str:
        return tongue.translate(text, source, OTHER[source], names=names).text

    def theirs(text: str, source: str, _names: Sequence[str] = ()) -> str:
        return bare[source].translate([text])[0]

    desk = tomllib.loads(
        (Path(__file__).parents[1] / "engines" / "data" / "desk_sentences.toml").read_text(encoding="utf-8")
    )["pairs"]
    plain = [(text, source, ()) for pair in desk for text, source in zip(pair, ("en", "pt"), strict=True)]
    protected = [(s.text, s.language, s.names) for s in protected_sentences()]
    try:
        yield _speed("translation.ms_per_sentence", plain, ours, theirs)
        yield _speed("translation.ms_per_protected_sentence", protected, ours, theirs)
        yield from _survival(ours, theirs)
        yield from _quality(desk, ours, theirs)
    finally:
        tongue.close()


def _speed(
    name: str, sentences: Sequence[tuple[str, str, Sequence[str]]], ours: Translate, theirs: Translate
) -> dict[str, Any]:
    for sentence in sentences[:4] + sentences[-4:]:  # both directions are in memory and warm
        ours(*sentence)
        theirs(*sentence)
    rounds: dict[Translate, list[float]] = {ours: [], theirs: []}
    for number in range(ROUNDS):
        took = {ours: 0.0, theirs: 0.0}
        for place, sentence in enumerate(sentences):
            for way in (ours, theirs) if (number + place) % 2 else (theirs, ours):
                began = time.perf_counter()
                way(*sentence)
                took[way] += time.perf_counter() - began
        for way, seconds in took.items():
            rounds[way].append(1000 * seconds / len(sentences))
    value, baseline = statistics.median(rounds[ours]), statistics.median(rounds[theirs])
    ratios = [mine / bare for mine, bare in zip(rounds[ours], rounds[theirs], strict=True)]
    return {
        "name": name,
        "value": round(value, 1),
        "unit": "ms",
        "baseline": round(baseline, 1),
        "ratio": round(statistics.median(ratios), 2),
        "sentences": len(sentences),
        "rounds": ROUNDS,
    }


def _survival(ours: Translate, theirs: Translate) -> Iterator[dict[str, Any]]:
    """A sentence of which a token is lost is not shown: counted apart, as a refusal."""
    total = held = shown = bare_held = refused = sentences = 0
    for sentence in protected_sentences():
        mine = ours(sentence.text, sentence.language, sentence.names)
        bare = theirs(sentence.text, sentence.language)
        sentences += 1
        refused += not mine
        for value in sentence.values:
            total += 1
            bare_held += still_holds(value, bare)
            shown += bool(mine)
            held += bool(mine) and still_holds(value, mine)
    yield {
        "name": "translation.tokens_protected_percent",
        "value": round(100 * held / shown, 2),
        "unit": "%",
        "baseline": round(100 * bare_held / total, 2),
        "tokens": total,
        "sentences": sentences,
    }
    yield {
        "name": "translation.refused_sentences_percent",
        "value": round(100 * refused / sentences, 2),
        "unit": "%",
        "sentences": sentences,
    }


def _quality(desk: Sequence[Sequence[str]], ours: Translate, theirs: Translate) -> Iterator[dict[str, Any]]:
    score = CHRF()
    for source, target in OTHER.items():
        texts = [pair[source == "pt"] for pair in desk]
        wanted = [[pair[target == "pt"] for pair in desk]]
        mine = score.corpus_score([ours(text, source, ()) for text in texts], wanted).score
        bare = score.corpus_score([theirs(text, source, ()) for text in texts], wanted).score
        yield {
            "name": f"translation.chrf_{source}_{target}",
            "value": round(mine, 1),
            "unit": "chrF",
            "baseline": round(bare, 1),
            "sentences": len(texts),
        }


BENCHMARKS = {"translation": translation}
