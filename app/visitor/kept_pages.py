"""Pages that are the same for everybody, drawn once in a while instead of for each visitor.

What differs is the form token of each visitor: it is put into the kept page where the first visitor's stood.
"""

from time import monotonic

from flask import render_template, request
from flask_wtf.csrf import generate_csrf

from app.accessible_ui.languages import current_locale
from app.accessible_ui.preferences import Preferences, current_preferences

KEPT_S = 5.0
"""A changed telephone number or opening hour is told within this time."""
MOST = 200
"""Languages times reading preferences; beyond that all are drawn anew."""
_SLOT = "\0token\0"

_Key = tuple[str, str, str, Preferences]


class KeptPages:
    """Not for a page that shows anything of its visitor but language and reading preferences."""

    def __init__(self) -> None:
        self._kept: dict[_Key, tuple[float, str]] = {}

    def page(self, template: str) -> str:
        if request.query_string:  # stands in the page, so that a chosen language comes back to it
            return render_template(template)
        key = (template, request.script_root, current_locale().code, current_preferences())
        until, page = self._kept.get(key, (0.0, ""))
        token = generate_csrf()
        if until < monotonic():
            page = render_template(template).replace(token, _SLOT)
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[key] = (monotonic() + KEPT_S, page)
        return page.replace(_SLOT, token)
