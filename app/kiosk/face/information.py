"""The municipality's pages: one thing on a screen, readable aloud, also without a line."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from app.accessible_ui.languages import current_locale
from app.domain.information import Town
from app.kiosk.face.parts import Face

AT_ONCE = 5
"""Subjects on one screen."""


def add_routes(blueprint: Blueprint, face: Face) -> None:
    @blueprint.get("/informatie")
    def information() -> ResponseReturnValue:
        face.visit()
        pages = face.kept.information.pages
        number = _number("deel", -(-len(pages) // AT_ONCE))
        shown = pages[(number - 1) * AT_ONCE : number * AT_ONCE]
        return render_template(
            "kiosk/face/information.html",
            pages=shown,
            number=number,
            more=number * AT_ONCE < len(pages),
            text=_text,
        )

    @blueprint.get("/informatie/<page_id>")
    def information_page(page_id: str) -> ResponseReturnValue:
        face.visit()
        page = face.kept.information.page(page_id)
        if page is None:
            abort(404)
        number = _number("deel", len(page.parts))
        town = face.kept.information.town

        def filled(texts: dict[str, str]) -> tuple[str, str]:
            language, text = _text(texts)
            return language, fill(text, town, language)

        return render_template(
            "kiosk/face/information_page.html",
            page=page,
            part=page.parts[number - 1],
            number=number,
            text=filled,
        )


def _number(name: str, most: int) -> int:
    text = request.args.get(name, "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if not 1 <= number <= most:
        abort(404)
    return number


def _text(texts: dict[str, str]) -> tuple[str, str]:
    """In the reader's language, else in Dutch: (language, text)."""
    code = current_locale().code
    return (code, texts[code]) if texts.get(code) else ("nl", texts["nl"])


def fill(text: str, town: Town, language: str) -> str:
    """The municipality's own number, address and hours in the places kept for them."""
    hours = town.opening_hours.get(language) or town.opening_hours.get("nl", "")
    for name, value in (("{phone}", town.phone), ("{address}", town.address), ("{hours}", hours)):
        text = text.replace(name, value)
    return text
