"""Rules that every answer keeps: cookies, content policy, limits. Each has a test that attacks it."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request
from flask_limiter import Limiter

from app.config import Settings
from app.conversations.access import terminal
from app.domain.local_time import LOCAL

TRANSLATIONS = str(Path(__file__).parent.parent / "translations")

LIMITS = {
    "desk.sign_in": "20/minute;200/hour",
    "desk.start_conversation": "60/minute",
    "desk.invite": "60/minute",
    "visitor.open_link": "60/minute;600/hour",
    "visitor.join": "60/minute",
    "visitor.rate": "60/minute",
    "read_aloud.speak": "240/minute",
    "read_aloud.page_sound": "60/minute",
    "phrases.sound": "120/minute",
    "terminal_api.begin_enrolment": "10/minute;60/hour",
    "terminal_entry.walk_in": "60/minute",
    "terminal_entry.short_code": "60/minute",
    "terminal_entry.call_back": "120/minute",
    "terminal_self_test.begin": "60/minute",
    "terminal_self_test.offer": "60/minute",
}
"""Per address. Generous, since a library or a flat behind one router is one address; guessing a link of 256 bits
stays hopeless at any of them."""

PERMISSIONS = (
    "camera=(self), microphone=(self), autoplay=(self), fullscreen=(self), picture-in-picture=(self), "
    "clipboard-write=(self), geolocation=(), display-capture=(), usb=(), serial=(), hid=(), "
    "payment=(), midi=(), accelerometer=(), gyroscope=(), magnetometer=(), idle-detection=(), "
    "local-fonts=(), browsing-topics=()"
)


FACE = re.compile(r"http://127\.0\.0\.1:[0-9]{1,5}")
"""The only form that a terminal's own pages have, so that no session can put another source into the policy."""

PARTS_OF_PAGES = {"text/javascript", "text/css", "font/woff2", "audio/mpeg", "image/png", "image/svg+xml"}
"""All of our own making: nobody can put a file among them."""


def flask_settings(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_keys[0],
        "SECRET_KEY_FALLBACKS": list(settings.secret_keys[1:]),
        "SESSION_COOKIE_NAME": "wijkbalie_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure,
        "MAX_CONTENT_LENGTH": 256 * 1024,
        "MAX_FORM_MEMORY_SIZE": 64 * 1024,
        "MAX_FORM_PARTS": 100,
        "BABEL_DEFAULT_LOCALE": "nl",
        "BABEL_DEFAULT_TIMEZONE": LOCAL.key,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a slow reader must not lose a form
        "WTF_CSRF_HEADERS": ["X-CSRF-Token"],
        "RATELIMIT_ENABLED": settings.limits,
        "RATELIMIT_STORAGE_URI": settings.limits_storage,
        "RATELIMIT_HEADERS_ENABLED": False,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_MIN_SIZE": 500,
        "BASE_URL": settings.base_url,
    }


def content_policy(wasm: bool, secure: bool, forms_lead_to: tuple[str, ...] = ()) -> str:
    """CSP level 3. wasm: only the page with the blurred background may compile it.

    forms_lead_to: other origins that a form's answer may lead to.
    A library's terminal also reaches its own face, which must hear that the page lives.
    """
    face = (terminal() or {}).get("face") or g.get("tells_face", "")
    at_terminal = f" {face}" if FACE.fullmatch(str(face)) else ""
    socket = "wss" if secure or request.is_secure else "ws"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'" + (" 'wasm-unsafe-eval'" if wasm else ""),
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            # Older Safari does not count a socket as 'self'.
            f"connect-src 'self' {socket}://{request.host}{at_terminal}",
            "media-src 'self' blob:",
            "worker-src 'self'",
            "manifest-src 'self'",
            " ".join(("form-action 'self'", *forms_lead_to)),
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def protect(
    app: Flask,
    limiter: Limiter,
    *,
    secure: bool,
    limited: Iterable[str] = LIMITS,
    forms_lead_to: tuple[str, ...] = (),
) -> None:
    """Puts the limits before the views and the headers on every answer. Call it last, when all rooms are there."""
    for endpoint in limited:
        limit = LIMITS[endpoint]
        methods = (
            None if endpoint in ("visitor.open_link", "read_aloud.page_sound", "phrases.sound") else ["POST"]
        )
        view: Any = limiter.limit(limit, methods=methods)(app.view_functions[endpoint])
        app.view_functions[endpoint] = view

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        # A script, style, font or sound is never a page: rules for pages would be a kilobyte each, for nothing.
        if response.mimetype not in PARTS_OF_PAGES:
            headers["Content-Security-Policy"] = content_policy(
                bool(g.get("allow_wasm")), secure, forms_lead_to
            )
            headers["Permissions-Policy"] = PERMISSIONS
            headers["Referrer-Policy"] = "no-referrer"
            headers["X-Frame-Options"] = "DENY"
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if secure:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        headers.setdefault("Cache-Control", "no-store")
        return response
