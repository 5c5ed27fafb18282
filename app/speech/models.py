"""Speech models: which there are, which are installed, and installing one so that a broken one never stays.

A model is one folder of models_dir. It is fetched into a folder beside it, checked against the hashes of the
catalogue (models.toml) and only then put in place of the old one.
"""

import fcntl
import json
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.speech import model_sources
from app.speech.model_sources import ModelRefused

__all__ = [
    "InstalledModel",
    "Model",
    "ModelRefused",
    "catalogue",
    "default_model",
    "install",
    "installed",
    "verify",
]

RECEIPT = "installed.json"
"""Beside the model's files: each file's size and hash as they were when it was installed."""


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the catalogue."""

    name: str
    title: str
    engine: str
    languages: tuple[str, ...]
    size_bytes: int
    licence: str
    makers: str
    sources: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model on this machine. path: its folder."""

    name: str
    engine: str
    languages: tuple[str, ...]
    path: Path


@cache
def _toml() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("models.toml").read_text(encoding="utf-8"))


def default_model() -> str:
    return str(_toml()["default"])


def catalogue() -> dict[str, Model]:
    return {
        name: Model(
            name, **{**entry, "languages": tuple(entry["languages"]), "sources": tuple(entry["sources"])}
        )
        for name, entry in _toml()["models"].items()
    }


def installed(models_dir: Path) -> list[InstalledModel]:
    """Whole models in the catalogue's order; one with a missing or cut-off file is left out. Quick."""
    return [
        InstalledModel(model.name, model.engine, model.languages, models_dir / model.name)
        for model in catalogue().values()
        if _is_whole(models_dir / model.name)
    ]


def install(name: str, models_dir: Path, tell: Callable[[str], None] = lambda _line: None) -> InstalledModel:
    """Fetches the model from the first source that gives the right bytes, unless it is there already.

    tell: gets lines about what happens. Raises ModelRefused; then what was installed before is untouched.
    """
    return install_model(_known(name), models_dir, tell)


def install_model(model: Model, models_dir: Path, tell: Callable[[str], None]) -> InstalledModel:
    """install() for a model that need not be in the catalogue."""
    models_dir.mkdir(parents=True, exist_ok=True)
    place = models_dir / model.name
    done = InstalledModel(model.name, model.engine, model.languages, place)
    with _only_one(models_dir):
        _finish_interrupted(place)
        if _is_whole(place):
            return done
        _require_space(model, models_dir)
        problems = []
        for source in model.sources:
            tell(f"{model.name}: fetching from {model_sources.describe(source)}")
            # Same file system as the final place, so that putting it there is one rename.
            with tempfile.TemporaryDirectory(prefix=f".new-{model.name}-", dir=models_dir) as work:
                new = Path(work, "model")
                new.mkdir()
                try:
                    model_sources.fetch(source, Path(work), new)
                except ModelRefused as problem:
                    problems.append(str(problem))
                    tell(f"{model.name}: {problem}")
                    continue
                (new / RECEIPT).write_text(json.dumps({"files": _measure(new)}, indent=1))
                _put_in_place(new, place)
            tell(f"{model.name}: installed")
            return done
    raise ModelRefused(f"{model.name} could not be installed. " + " ".join(problems))


def verify(name: str, models_dir: Path) -> None:
    """Reads every byte of an installed model. Raises ModelRefused, saying which file is wrong."""
    place = models_dir / _known(name).name
    files = _receipt(place)
    if files is None:
        raise ModelRefused(f"{name} is not installed.")
    for file, (size, sha256) in files.items():
        path = place / file
        if not path.is_file() or path.stat().st_size != size or model_sources.sha256_of(path) != sha256:
            raise ModelRefused(f"{name} is damaged: {file} is not what was installed. Install it again.")


def remove(name: str, models_dir: Path) -> None:
    """Does nothing when it is not there."""
    place = models_dir / _known(name).name
    with _only_one(models_dir):
        shutil.rmtree(place, ignore_errors=True)


def _known(name: str) -> Model:
    try:
        return catalogue()[name]
    except KeyError:
        raise ModelRefused(f"There is no model {name!r}. There are: {', '.join(catalogue())}.") from None


def _receipt(place: Path) -> dict[str, tuple[int, str]] | None:
    try:
        files = json.loads((place / RECEIPT).read_text())["files"]
        return {str(file): (int(size), str(sha256)) for file, (size, sha256) in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_whole(place: Path) -> bool:
    files = _receipt(place)
    if not files:
        return False
    return all((place / f).is_file() and (place / f).stat().st_size == size for f, (size, _) in files.items())


def _measure(folder: Path) -> dict[str, tuple[int, str]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_size, model_sources.sha256_of(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _require_space(model: Model, models_dir: Path) -> None:
    # What is fetched and what is made of it stand side by side for a moment.
    needed = int(2.2 * model.size_bytes)
    free = shutil.disk_usage(models_dir).free
    if free < needed:
        raise ModelRefused(
            f"{model.name} needs {needed // 1_000_000} MB of disk space while it is installed; "
            f"{models_dir} has {free // 1_000_000} MB."
        )


def _put_in_place(new: Path, place: Path) -> None:
    old = place.with_name(f".old-{place.name}")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def _finish_interrupted(place: Path) -> None:
    """Power went between the two renames of _put_in_place: the old model comes back."""
    old = place.with_name(f".old-{place.name}")
    if old.exists() and not place.exists():
        old.rename(place)


@contextmanager
def _only_one(models_dir: Path) -> Iterator[None]:
    """Two installations at once (two starts of the desk) happen one after the other."""
    with (models_dir / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
