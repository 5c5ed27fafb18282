"""Wires the kit into the web: templates of every room, Jinja globals, pages of its own, kind error pages."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from urllib.parse import quote

from flask import Flask, request, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import FileSystemLoader
from markupsafe import Markup

from app.accessible_ui import errors, routes
from app.accessible_ui.assets import Assets
from app.accessible_ui.languages import LANGUAGES, Language, current_locale, remember_language
from app.accessible_ui.preferences import current_preferences
from app.domain.people import Municipality

__all__ = ["init_accessible_ui", "remember_language", "select_language"]

APP_ROOT = Path(__file__).parent.parent


def select_language() -> str:
    """For Flask-Babel: the same choice that sets lang and dir."""
    return current_locale().code


def init_accessible_ui(app: Flask, municipality: Callable[[], Municipality]) -> None:
    """Templates are addressed as "<room>/<name>.html"; docs/change/accessible-ui.md lists the globals.

    municipality: asked at each page that shows its name; may raise, then the error page does without.
    """
    assets = Assets(APP_ROOT)
    app.jinja_loader = FileSystemLoader(APP_ROOT)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=partial(_asset_url, assets, municipality),
        current_locale=current_locale,
        languages=_languages,
        preferences=current_preferences,
        municipality=municipality,
        return_path=return_path,
        csrf_field=csrf_field,
        has_template=_has_template,
    )
    app.register_blueprint(routes.create_blueprint(assets))
    errors.register(app)


def _asset_url(assets: Assets, municipality: Callable[[], Municipality], path: str, theme: str = "") -> str:
    """Address of an asset. "site.css" is the style sheet in the municipality's theme, "call.css" what a talk adds."""
    if path == "site.css":
        path = assets.site_css(theme or municipality().theme)
    elif path == "call.css":
        path = "site/call.css"
    elif assets.get(path) is None:
        raise LookupError(f"no asset {path!r}")
    return url_for("accessible_ui.asset", content_hash=assets.hash, path=path)


def _languages() -> list[Language]:
    return list(LANGUAGES.values())


@cache
def _has_template(name: str) -> bool:
    return (APP_ROOT / name).is_file()


def return_path() -> str:
    """Where a reader stands, to come back to after choosing a language. A form's answer has no such place."""
    if request.method != "GET":
        return "/"
    return quote(request.path) + ("?" + request.query_string.decode("ascii", "ignore") if request.args else "")


def csrf_field() -> Markup:
    """The hidden field of each form that posts."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())
