"""Models: which are installed, and installing one so that a broken one never stays.

A model is one folder of models_dir. It is fetched into a folder beside it, checked against the hashes of the
catalogue (models.toml) and only then put in place of the old one.
"""

import fcntl
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.speech import model_sources
from app.speech.argos_package import read_metadata, unpack_package
from app.speech.model_catalogue import Languages, Model, Pairs, catalogue, default_models
from app.speech.model_downloads import ModelRefused, discard
from app.speech.model_sources import Means

__all__ = [
    "InstalledModel",
    "Model",
    "ModelRefused",
    "catalogue",
    "default_models",
    "install",
    "install_package",
    "installed",
    "remove",
    "verify",
]

RECEIPT = "installed.json"
"""Beside the model's files: each file's size and hash as they were when it was installed."""
PARTIALS = ".partial"
TRUSTED = ".first-seen.json"
"""Of files without a published hash: what they were when an administrator trusted them."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model on this machine.

    path: its folder. pairs: (source, target) it translates, for argos and firefox. fixture: made for tests; never to be
    shown as something that the desk can do.
    """

    name: str
    engine: str
    languages: Languages
    path: Path
    pairs: Pairs = ()
    fixture: bool = False


def installed(models_dir: Path) -> list[InstalledModel]:
    """Whole models; one with a cut-off file is left out. Quick.

    Of the catalogue the larger come first: who installed Whisper small wants that one to hear, not base.
    """
    if not models_dir.is_dir():
        return []
    own = sorted(
        p.name for p in models_dir.iterdir() if not p.name.startswith(".") and p.name not in catalogue()
    )
    known = sorted(catalogue(), key=lambda name: -catalogue()[name].size_bytes)
    found = [_described(models_dir / name) for name in (*known, *own) if _is_whole(models_dir / name)]
    return [model for model in found if model is not None]


def install(
    name: str, models_dir: Path, tell: Tell = lambda _line: None, means: Means | None = None
) -> InstalledModel:
    """Fetches the model from the first source that gives the right bytes, unless it is there already.

    tell: gets lines about what happens. means: another way to the files than their makers'; its `partials` and
    `trusted` are filled in here. Raises ModelRefused; then what was installed before is untouched.
    """
    return install_model(_known(name), models_dir, tell, means)


def install_model(
    model: Model, models_dir: Path, tell: Tell = lambda _line: None, means: Means | None = None
) -> InstalledModel:
    """install() for a model that need not be in the catalogue."""
    place = models_dir / model.name
    done = InstalledModel(model.name, model.engine, model.languages, place, model.pairs)
    # A terminal's models lie on a read-only root: what is there needs no lock, and no file beside it.
    if _is_whole(place):
        return _described(place) or done
    with _only_one(models_dir, tell):
        _finish_interrupted(place)
        if _is_whole(place):
            return _described(place) or done
        _require_space(model.name, int(2.2 * model.size_bytes), models_dir)
        trusted = _trusted(models_dir)
        means = replace(means or Means(Path()), partials=models_dir / PARTIALS, trusted=trusted)
        limit = 2 * model.size_bytes + 10_000_000
        problems = []
        for source in model.sources:
            tell(f"{model.name}: fetching from {model_sources.describe(source, means)}")
            with _workshop(model.name, models_dir) as (work, new):
                try:
                    seen = model_sources.fetch(source, model.name, work, new, limit, means)
                    _require_pair(model, new)
                except ModelRefused as problem:
                    problems.append(str(problem))
                    tell(f"{model.name}: {problem}")
                    continue
                _put_in_place(new, place, {})
            if seen:
                (models_dir / TRUSTED).write_text(json.dumps(trusted | seen, indent=1))
            for address in [
                address for source in model.sources for address in model_sources.addresses(source)
            ]:
                discard(address, models_dir / PARTIALS)
            tell(f"{model.name}: installed")
            return _described(place) or done
    raise ModelRefused(f"{model.name} could not be installed. " + " ".join(dict.fromkeys(problems)))


def install_package(package: Path, models_dir: Path, tell: Tell = lambda _line: None) -> InstalledModel:
    """Installs an .argosmodel of this machine. It says itself what it translates and whether it is a fixture.

    Raises ModelRefused; then what was installed before is untouched.
    """
    if not package.is_file():
        raise ModelRefused(f"{package} is not there.")
    with _only_one(models_dir, tell), _workshop("package", models_dir) as (_work, new):
        _require_space(package.name, 3 * package.stat().st_size, models_dir)
        metadata = unpack_package(package, new)
        place = models_dir / metadata.name
        about = {"engine": "argos", "pairs": [list(metadata.pair)], "languages": list(metadata.pair)}
        _finish_interrupted(place)
        _put_in_place(new, place, about)
        tell(f"{metadata.name}: installed from {package}")
        return InstalledModel(
            metadata.name, "argos", metadata.pair, place, (metadata.pair,), metadata.fixture
        )


def verify(name: str, models_dir: Path) -> None:
    """Reads every byte of an installed model. Raises ModelRefused, saying which file is wrong."""
    place = _place(name, models_dir)
    files = _files(place)
    if files is None:
        raise ModelRefused(f"{name} is not installed.")
    for file, (size, sha256) in files.items():
        path = place / file
        if not path.is_file() or path.stat().st_size != size or model_sources.sha256_of(path) != sha256:
            raise ModelRefused(f"{name} is damaged: {file} is not what was installed. Install it again.")


def remove(name: str, models_dir: Path) -> None:
    """Does nothing when it is not there."""
    place = _place(name, models_dir)
    with _only_one(models_dir):
        shutil.rmtree(place, ignore_errors=True)


def _known(name: str) -> Model:
    try:
        return catalogue()[name]
    except KeyError:
        raise ModelRefused(f"There is no model {name!r}. There are: {', '.join(catalogue())}.") from None


def _place(name: str, models_dir: Path) -> Path:
    """The folder of a model of the catalogue, or of one installed from a file."""
    if name not in catalogue() and name not in {path.name for path in models_dir.glob("[!.]*")}:
        _known(name)
    return models_dir / name


def _described(place: Path) -> InstalledModel | None:
    receipt = _receipt(place)
    about: Mapping[str, Any]
    if "engine" in receipt:
        about = receipt
    elif place.name in catalogue():
        model = catalogue()[place.name]
        about = {"engine": model.engine, "languages": model.languages, "pairs": model.pairs}
    else:
        return None
    try:
        fixture = about["engine"] == "argos" and read_metadata(place).fixture
    except ModelRefused:
        return None
    pairs = tuple((source, target) for source, target in about["pairs"])
    return InstalledModel(place.name, about["engine"], tuple(about["languages"]), place, pairs, fixture)


def _receipt(place: Path) -> dict[str, Any]:
    try:
        receipt = json.loads((place / RECEIPT).read_text())
    except (OSError, ValueError):
        return {}
    return receipt if isinstance(receipt, dict) else {}


def _files(place: Path) -> dict[str, tuple[int, str]] | None:
    try:
        files = _receipt(place)["files"]
        return {str(file): (int(size), str(sha256)) for file, (size, sha256) in files.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_whole(place: Path) -> bool:
    files = _files(place)
    if not files:
        return False
    return all((place / f).is_file() and (place / f).stat().st_size == size for f, (size, _) in files.items())


def _measure(folder: Path) -> dict[str, tuple[int, str]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_size, model_sources.sha256_of(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _trusted(models_dir: Path) -> dict[str, str]:
    try:
        return dict(json.loads((models_dir / TRUSTED).read_text()))
    except (OSError, ValueError, TypeError):
        return {}


def _require_pair(model: Model, folder: Path) -> None:
    if model.engine == "argos" and (read_metadata(folder).pair,) != model.pairs:
        raise ModelRefused(f"What came in for {model.name} translates other languages, so it is refused.")


def _require_space(name: str, needed: int, models_dir: Path) -> None:
    # What is fetched and what is made of it stand side by side for a moment.
    free = shutil.disk_usage(models_dir).free
    if free < needed:
        raise ModelRefused(
            f"{name} needs {needed // 1_000_000} MB of disk space while it is installed; "
            f"{models_dir} has {free // 1_000_000} MB."
        )


@contextmanager
def _workshop(name: str, models_dir: Path) -> Iterator[tuple[Path, Path]]:
    """(folder for what is thrown away, folder of the new model), on the disk of models_dir, to be renamed into it."""
    with tempfile.TemporaryDirectory(prefix=f".new-{name}-", dir=models_dir) as work:
        new = Path(work, "model")
        new.mkdir()
        yield Path(work), new


def _put_in_place(new: Path, place: Path, about: Mapping[str, Any]) -> None:
    (new / RECEIPT).unlink(missing_ok=True)
    (new / RECEIPT).write_text(json.dumps({**about, "files": _measure(new)}, indent=1))
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
def _only_one(models_dir: Path, tell: Tell = lambda _line: None) -> Iterator[None]:
    """Two installations at once (two starts of the desk) happen one after the other. Raises ModelRefused."""
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        lock = (models_dir / ".lock").open("w")
    except OSError as problem:
        raise ModelRefused(f"{models_dir} cannot be written ({problem.strerror}).") from problem
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("Another installation is going on; this one waits for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
