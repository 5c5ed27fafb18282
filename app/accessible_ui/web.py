"""Wires the kit into the web: templates of every room, Jinja globals, pages of its own, kind error pages."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from time import monotonic
from urllib.parse import quote

from flask import Flask, request, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import FileSystemLoader
from markupsafe import Markup

from app.accessible_ui import errors, routes
from app.accessible_ui.assets import Assets
from app.accessible_ui.languages import LANGUAGES, Language, current_locale, remember_language
from app.accessible_ui.preferences import current_preferences
from app.domain.languages import OWN_NAMES
from app.domain.people import Municipality

__all__ = ["init_accessible_ui", "remember_language", "select_language"]

APP_ROOT = Path(__file__).parent.parent
_MUNICIPALITY_S = 5
"""How long a changed telephone number may still be told as it was."""


def select_language() -> str:
    """For Flask-Babel: the same choice that sets lang and dir."""
    return current_locale().code


def init_accessible_ui(app: Flask, municipality: Callable[[], Municipality]) -> None:
    """Templates are addressed as "<room>/<name>.html"; docs/change/accessible-ui.md lists the globals.

    municipality: asked at each page that shows its name; may raise, then the error page does without.
    """
    assets = Assets(APP_ROOT)
    municipality = _remembered(municipality)
    app.jinja_loader = FileSystemLoader(APP_ROOT)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=_asset_urls(assets, municipality),
        current_locale=current_locale,
        languages=_languages,
        own_names=OWN_NAMES,
        preferences=current_preferences,
        municipality=municipality,
        return_path=return_path,
        csrf_field=csrf_field,
        has_template=_has_template,
    )
    app.register_blueprint(routes.create_blueprint(assets))
    errors.register(app)


def _remembered(municipality: Callable[[], Municipality]) -> Callable[[], Municipality]:
    """Asked once in a while instead of five times a page. A failure is not remembered."""
    kept: list[tuple[float, Municipality]] = []

    def remember() -> Municipality:
        if not kept or kept[0][0] < monotonic():
            kept[:] = [(monotonic() + _MUNICIPALITY_S, municipality())]
        return kept[0][1]

    return remember


def _asset_urls(assets: Assets, municipality: Callable[[], Municipality]) -> Callable[..., str]:
    """Addresses of assets. They stay the same as long as the desk runs, but for the folder a proxy puts us in."""
    made: dict[tuple[str, str], str] = {}

    def asset(path: str, theme: str = "") -> str:
        """The sheet in the municipality's theme is "site.css"; a talk adds "call.css", a terminal "terminal.css"."""
        if path == "site.css":
            path = assets.site_css(theme or municipality().theme)
        elif path in ("call.css", "terminal.css"):
            path = f"site/{path}"
        key = request.script_root, path
        if key not in made:
            if assets.get(path) is None:
                raise LookupError(f"no asset {path!r}")
            made[key] = url_for("accessible_ui.asset", content_hash=assets.hash, path=path)
        return made[key]

    return asset


def _languages() -> list[Language]:
    return list(LANGUAGES.values())


@cache
def _has_template(name: str) -> bool:
    return (APP_ROOT / name).is_file()


def return_path() -> str:
    """Where a reader stands, to come back to after choosing a language. A form's answer has no such place."""
    if request.method != "GET":
        return "/"
    return quote(request.path) + (
        "?" + request.query_string.decode("ascii", "ignore") if request.args else ""
    )


def csrf_field() -> Markup:
    """The hidden field of each form that posts."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())
