"""`wijkbalie models`: which speech models there are, install one, check one."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from app.speech import models


def install_default(models_dir: Path) -> bool:
    """For the start of the desk: without a recogniser it goes on, without captions, and says so."""
    try:
        models.install(models.default_model(), models_dir, _tell)
    except models.ModelRefused as problem:
        click.echo(f"{problem}\nThe desk works without captions until a model is installed.", err=True)
        return False
    return True


def create_group(models_dir: Callable[[], Path]) -> click.Group:
    """models_dir: asked when a command runs, not when the program starts."""

    @click.group("models")
    def group() -> None:
        """Speech models: list, install, verify, remove."""

    @group.command("list")
    def list_models() -> None:
        """What the catalogue holds; a * before what is installed."""
        here = {model.name for model in models.installed(models_dir())}
        for model in models.catalogue().values():
            mark = "*" if model.name in here else " "
            size = f"{model.size_bytes // 1_000_000} MB"
            click.echo(f"{mark} {model.name:<16} {size:>7}  {model.licence:<11} {model.title}")
            click.echo(f"    {' '.join(model.languages)}")

    @group.command("install")
    @click.argument("names", nargs=-1)
    def install(names: tuple[str, ...]) -> None:
        """Install the models named, or the default one."""
        for name in names or (models.default_model(),):
            _or_exit(models.install, name, models_dir(), _tell)

    @group.command("verify")
    @click.argument("names", nargs=-1)
    def verify(names: tuple[str, ...]) -> None:
        """Read every byte of the models named, or of all that are installed."""
        for name in names or tuple(model.name for model in models.installed(models_dir())):
            _or_exit(models.verify, name, models_dir())
            click.echo(f"{name}: good")

    @group.command("remove")
    @click.argument("names", nargs=-1, required=True)
    def remove(names: tuple[str, ...]) -> None:
        """Remove the models named."""
        for name in names:
            _or_exit(models.remove, name, models_dir())

    return group


def _tell(line: str) -> None:
    click.echo(line, err=True)


def _or_exit(action: Callable[..., object], *arguments: object) -> None:
    try:
        action(*arguments)
    except models.ModelRefused as problem:
        click.echo(str(problem), err=True)
        sys.exit(1)
