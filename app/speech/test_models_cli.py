"""The command line, its progress, the catalogue and the order of what is installed."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.speech import model_catalogue, models
from app.speech.models_cli import ProgressLine, create_group
from tests.model_place import DATA, METADATA, Place, archive, model, open_place, package, zipped


@pytest.fixture
def place() -> Iterator[Place]:
    with open_place() as place:
        yield place


def test_progress_in_a_log_is_a_line_per_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    line = ProgressLine()
    for done in range(1001):
        line("m.bin", done * 1000, 1_000_000)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert lines[5] == "m.bin: 50 %, 0.5 of 1.0 MB"


def test_progress_for_who_watches_is_a_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    line = ProgressLine()
    for done in (0, 500_000, 1_000_000):
        line("m.bin", done, 1_000_000)
    bars = capsys.readouterr().err.split("\r")
    assert bars[2].startswith("[" + "#" * 15 + "." * 15 + "] 0.5 of 1.0 MB")
    assert bars[3].endswith("\n")


def test_the_command_line_from_list_to_remove(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = archive(place, zipped({"nl-1/m.bin": DATA}), unpinned=True)
    del source["sha256"]
    entry = model(source)
    monkeypatch.setattr(models, "catalogue", lambda: {"small": entry})
    (tmp_path / "own.argosmodel").write_bytes(package(METADATA | {"fixture": True}))
    here = tmp_path / "models"

    def run(*words: str) -> str:
        result = CliRunner().invoke(create_group(lambda: here), words)
        assert not isinstance(result.exception, Exception), result.exception
        return f"{result.exit_code} {result.output}"

    assert "needs --trust-first-download" in run("list")
    assert place.address in run("list", "--addresses")
    assert run("install", "small").startswith("1 ")
    assert run("install", "small", "--trust-first-download").startswith("0 ")
    assert run("install", "--from", str(tmp_path / "own.argosmodel")).startswith("0 ")
    listed = run("list")
    assert "* small" in listed
    assert "* argos-nl-en-fixture" in listed
    assert "not a translator" in listed
    assert "small: good" in run("verify")
    (here / "small/m.bin").write_bytes(DATA[::-1])
    assert run("verify").startswith("1 small is damaged: m.bin")
    assert run("remove", "small", "argos-nl-en-fixture").startswith("0 ")
    assert models.installed(here) == []
    assert run("remove", "../small").startswith("1 There is no model '../small'")


def test_family_members_get_their_own_words() -> None:
    entry = model_catalogue.catalogue()["firefox-nl-en"]
    assert entry.pairs == (("nl", "en"),)
    assert entry.sources[0]["address"].endswith("/models/prod/nlen/")
    assert "model.nlen.intgemm.alphas.bin" in entry.sources[0]["files"]


def test_the_larger_of_two_comes_first(tmp_path: Path) -> None:
    for name in ("whisper-base", "whisper-small", "vosk-small-nl"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "m.bin").write_bytes(b"m")
        (tmp_path / name / "installed.json").write_text('{"files": {"m.bin": [1, "x"]}}')
    assert [m.name for m in models.installed(tmp_path)] == ["whisper-small", "whisper-base", "vosk-small-nl"]
