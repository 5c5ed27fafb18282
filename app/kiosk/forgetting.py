"""What a terminal's browser is asked to forget: by the terminal's own server, and by the municipality's."""

from flask import Response, make_response, session
from werkzeug.wrappers import Response as AnyResponse

from app.accessible_ui import languages, preferences

COOKIES = (languages.COOKIE, preferences.COOKIE)
"""Besides the session's own."""


def forget(answer: AnyResponse) -> Response:
    """Takes back all that this server had the browser keep."""
    session.clear()
    response = make_response(answer)
    for name in COOKIES:
        response.delete_cookie(name, httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
