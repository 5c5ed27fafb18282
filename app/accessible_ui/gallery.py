"""The gallery: each component's examples, by language and theme. Documentation and test data at once."""

from pathlib import Path

from flask import Blueprint, abort, render_template, request

from app.accessible_ui.assets import Assets

_FOLDER = Path(__file__).parent


def components() -> list[str]:
    """Every folder that has examples."""
    return sorted(path.parent.name for path in _FOLDER.glob("*/examples.html"))


def add_routes(blueprint: Blueprint, assets: Assets) -> None:
    @blueprint.get("/gallery")
    def show_gallery() -> str:
        return _page(assets, components(), title="")

    @blueprint.get("/gallery/<name>")
    def show_component(name: str) -> str:
        if name not in components():
            abort(404)
        return _page(assets, [name], title=name)


def _page(assets: Assets, shown: list[str], title: str) -> str:
    theme = request.args.get("theme", "")
    return render_template(
        "accessible_ui/gallery.html",
        shown=shown,
        title=title,
        components=components(),
        themes=assets.themes,
        theme=theme if theme in assets.themes else "",
    )
