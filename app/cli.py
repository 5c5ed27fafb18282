"""The `wijkbalie` command."""

import logging
import sys
from datetime import UTC, datetime

import click
from sqlalchemy.exc import SQLAlchemyError

from app.accessible_ui.plain_language import main as check_plain_language
from app.config import BadSetting, Settings
from app.kiosk.device.policies import policies_command
from app.serving import NotServing, require_free_port, serve, serve_speech, write_demo
from app.speech import models_cli
from app.storage.database import connect
from app.storage.demo import seed_demo
from app.storage.demo_texts import dutch_texts as demo_dutch_texts
from app.storage.migrate import migrate
from app.storage.purge import purge as purge_storage


@click.group()
def cli() -> None:
    """Wijkbalie, a municipal desk by video."""


@cli.command()
@click.option("--demo/--no-demo", default=True, help="Seed the demo municipality and print its links.")
def run(demo: bool) -> None:
    """Prepare everything, serve, print the addresses. Stops on Ctrl-C or SIGTERM."""
    settings = Settings.from_env()
    require_free_port(settings)
    models_cli.install_default(settings.models_dir)
    try:
        migrate(settings.database_url)
    except SQLAlchemyError as problem:
        raise BadSetting(f"The database cannot be used: {str(problem).splitlines()[0]}") from problem
    database = connect(settings.database_url, settings.data_keys)
    lines = [f"Wijkbalie is ready: {settings.base_url}"]
    if demo:
        seeded = seed_demo(database, datetime.now(UTC))
        links = {role: f"{settings.base_url}/l/{token}" for role, token in seeded.links.items()}
        employees = [{"name": e.name, "user": e.user, "password": e.password} for e in seeded.employees]
        write_demo(
            settings.data_dir / "demo.json",
            {
                "base_url": settings.base_url,
                "start_url": f"{settings.base_url}/",
                "desk_url": f"{settings.base_url}/desk/",
                "employees": employees,
                "links": links,
            },
        )
        lines += ["", f"  start page   {settings.base_url}/", f"  desk         {settings.base_url}/desk/"]
        lines += [f"    {e['user']:<10} {e['password']}   ({e['name']})" for e in employees]
        lines += ["  links of one open demo talk (new at each start):"]
        lines += [f"    {role:<12} {url}" for role, url in links.items()]
        lines += [f"  the same in    {settings.data_dir / 'demo.json'}", "", "Stop with Ctrl-C."]
    database.close()
    sys.exit(serve(settings, lambda: click.echo("\n".join(lines))))


@cli.command()
def speech() -> None:
    """Serve speech alone: for web servers on other machines that share SPEECH_REDIS and SPEECH_KEY."""
    settings = Settings.from_env()
    models_cli.install_default(settings.models_dir)
    sys.exit(serve_speech(settings))


@cli.command()
def migrate_database() -> None:
    """Bring the database to this version's form."""
    migrate(Settings.from_env().database_url)


@cli.command()
def purge() -> None:
    """Throw away what no rule keeps. Run it every hour; `run` does so by itself."""
    settings = Settings.from_env()
    for what, count in purge_storage(
        connect(settings.database_url, settings.data_keys), datetime.now(UTC)
    ).items():
        click.echo(f"{what}: {count}")


@cli.group()
def check() -> None:
    """Checks of the texts."""


@check.command("plain-language", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1)
def plain_language(arguments: tuple[str, ...]) -> None:
    """Every Dutch text against the rules of B1; a score per page."""
    sys.exit(check_plain_language(list(arguments), demo_dutch_texts()))


cli.add_command(policies_command, "terminal-policies")
cli.add_command(models_cli.create_group(lambda: Settings.from_env().models_dir))


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        cli.main(prog_name="wijkbalie", standalone_mode=True)
    except (BadSetting, NotServing) as problem:
        click.echo(str(problem), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
