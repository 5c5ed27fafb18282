"""The Dutch → English fixture that this project trained: a real package, read as any Argos package is."""

from collections.abc import Callable
from pathlib import Path

import ctranslate2
import pytest
import sentencepiece

from app.speech import models
from app.speech.models import InstalledModel
from tests.fixtures.argos_nl_en.sentences import SLOTS, TEMPLATES, fillings, held_out, sample

PACKAGE = Path("tests/fixtures/argos_nl_en/nl_en.argosmodel")
MAX_BYTES = 6_000_000


@pytest.fixture(scope="module")
def fixture(tmp_path_factory: pytest.TempPathFactory) -> InstalledModel:
    return models.install_package(PACKAGE, tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def translate(fixture: InstalledModel) -> Callable[[list[str]], list[str]]:
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(fixture.path / "sentencepiece.model"))
    translator = ctranslate2.Translator(str(fixture.path / "model"), device="cpu", intra_threads=1)

    def translated(texts: list[str]) -> list[str]:
        results = translator.translate_batch(
            [pieces.encode(text, out_type=str) for text in texts], beam_size=4
        )
        return [pieces.decode(result.hypotheses[0]) for result in results]

    return translated


def test_it_says_that_it_is_a_fixture(fixture: InstalledModel) -> None:
    assert fixture.fixture
    assert fixture.name.endswith("-fixture")
    assert fixture.pairs == (("nl", "en"),)
    assert PACKAGE.stat().st_size < MAX_BYTES
    assert "not a translator" in (fixture.path / "README.md").read_text()


def test_sentences_it_was_taught_come_out_exactly(translate: Callable[[list[str]], list[str]]) -> None:
    first = [next(pair for pair in fillings(template) if not held_out(pair[0])) for template in TEMPLATES]
    assert translate([dutch for dutch, _ in first]) == [english for _, english in first]


def test_fillings_it_never_saw_come_out_exactly(translate: Callable[[list[str]], list[str]]) -> None:
    unseen = sorted(set(sample(120, 9, unseen=True)))
    assert len(unseen) > 60
    translated = translate([dutch for dutch, _ in unseen])
    wrong = {
        dutch: said for (dutch, english), said in zip(unseen, translated, strict=True) if said != english
    }
    assert wrong == {}


def test_every_value_of_a_slot_is_taught() -> None:
    taught = " ".join(
        pair[0] for template in TEMPLATES for pair in fillings(template) if not held_out(pair[0])
    )
    assert [value for values in SLOTS.values() for value, _ in values if value not in taught] == []
