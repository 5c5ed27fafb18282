"""`wijkbalie models`: which models there are, install one, check one."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from app.speech import model_sources, models
from app.speech.model_catalogue import ENGINES
from app.speech.model_sources import Means
from app.speech.models import InstalledModel, Model

_BAR = 30


def install_default(models_dir: Path) -> bool:
    """For the start of the desk: what cannot be fetched is left out, and it says what is missed by that."""
    complete = True
    for name in models.default_models():
        try:
            models.install(name, models_dir, _tell, Means(Path(), progress=ProgressLine()))
        except models.ModelRefused as problem:
            missed = (
                "captions" if models.catalogue()[name].engine in ("whisper", "vosk") else "this translation"
            )
            click.echo(f"{problem}\nThe desk works without {missed} until a model is installed.", err=True)
            complete = False
    return complete


def create_group(models_dir: Callable[[], Path]) -> click.Group:
    """models_dir: asked when a command runs, not when the program starts."""

    @click.group("models")
    def group() -> None:
        """Models that hear, translate and speak: list, install, verify, remove."""

    @group.command("list")
    @click.option(
        "--addresses", is_flag=True, help="Also what to download by hand, for a machine without internet."
    )
    def list_models(addresses: bool) -> None:
        """What the catalogue holds and what else is installed; a * before what is installed."""
        here = {model.name: model for model in models.installed(models_dir())}
        for model in sorted(models.catalogue().values(), key=lambda m: ENGINES.index(m.engine)):
            click.echo(_catalogue_lines(model, here.pop(model.name, None)))
            for line in (
                [line for s in model.sources for line in model_sources.addresses(s)] if addresses else ()
            ):
                click.echo(f"      {line}")
        for own in here.values():
            kind = "fixture for tests, not a translator" if own.fixture else "installed from a file"
            click.echo(f"* {own.name:<24} {kind}\n    {own.engine}: {_what(own)}")

    @group.command("install")
    @click.argument("names", nargs=-1)
    @click.option(
        "--mirror", metavar="URL", help="Take the files from this address instead of their makers'."
    )
    @click.option(
        "--from",
        "origin",
        type=click.Path(exists=True, path_type=Path),
        help="A folder with the files, or one .argosmodel.",
    )
    @click.option(
        "--trust-first-download", is_flag=True, help="Accept files of which nobody published a checksum."
    )
    def install(
        names: tuple[str, ...], mirror: str | None, origin: Path | None, trust_first_download: bool
    ) -> None:
        """Install the models named, or the default ones."""
        if origin and not origin.is_dir():
            if names:
                raise click.UsageError("With one file there is no name to give: the file says what it is.")
            _or_exit(models.install_package, (origin,), models_dir(), _tell)
            return
        means = Means(Path(), mirror, origin, trust_first=trust_first_download, progress=ProgressLine())
        _or_exit(models.install, names or models.default_models(), models_dir(), _tell, means)

    @group.command("verify")
    @click.argument("names", nargs=-1)
    def verify(names: tuple[str, ...]) -> None:
        """Read every byte of the models named, or of all that are installed."""

        def check(name: str) -> None:
            models.verify(name, models_dir())
            click.echo(f"{name}: good")

        _or_exit(check, names or tuple(model.name for model in models.installed(models_dir())))

    @group.command("remove")
    @click.argument("names", nargs=-1, required=True)
    def remove(names: tuple[str, ...]) -> None:
        """Remove the models named."""
        _or_exit(models.remove, names, models_dir())

    return group


class ProgressLine:
    """How far a download is: a bar for who watches, a line per 10 % for a log."""

    def __init__(self) -> None:
        self._told = ("", -1)

    def __call__(self, name: str, done: int, total: int | None) -> None:
        tenths = 10 * done // total if total else done // 10_000_000
        watched = sys.stderr.isatty()
        percent = 100 * done // total if total else tenths
        step = (name, percent if watched else tenths)
        if step == self._told:
            return
        self._told = step
        size = f"{done / 1e6:.1f} of {total / 1e6:.1f} MB" if total else f"{done / 1e6:.1f} MB"
        if not watched:
            click.echo(f"{name}: {f'{10 * tenths} %, ' if total else ''}{size}", err=True)
            return
        filled = _BAR * done // total if total else 0
        end = "\n" if done == total else ""
        click.echo(f"\r[{'#' * filled}{'.' * (_BAR - filled)}] {size} {name}{end}", nl=False, err=True)


def _catalogue_lines(model: Model, here: InstalledModel | None) -> str:
    mark = "*" if here else " "
    size = f"{model.size_bytes // 1_000_000} MB"
    trust = "" if model.pinned else "\n    no published checksum: needs --trust-first-download"
    first = f"{mark} {model.name:<24} {size:>7}  {model.licence:<14} {model.title}"
    return f"{first}\n    {model.engine}: {_what(model)}{trust}"


def _what(model: Model | InstalledModel) -> str:
    if model.pairs:
        return ", ".join(f"{source} → {target}" for source, target in model.pairs)
    return " ".join(model.languages)


def _tell(line: str) -> None:
    click.echo(line, err=True)


def _or_exit(action: Callable[..., object], each: Iterable[object], *arguments: object) -> None:
    """One that fails does not keep the others from being done; the exit status tells that one failed."""
    failed = False
    for name in each:
        try:
            action(name, *arguments)
        except models.ModelRefused as problem:
            click.echo(str(problem), err=True)
            failed = True
    if failed:
        sys.exit(1)
