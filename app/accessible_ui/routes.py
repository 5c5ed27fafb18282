"""Pages of the kit itself: assets, language, reading preferences, gallery."""

from http import HTTPStatus

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.accessible_ui import gallery
from app.accessible_ui.assets import Assets
from app.accessible_ui.languages import LANGUAGES, remember_language
from app.accessible_ui.preferences import Preferences, current_preferences, remember_preferences

_FOR_EVER = "public, max-age=31536000, immutable"


def create_blueprint(assets: Assets) -> Blueprint:
    blueprint = Blueprint("accessible_ui", __name__)

    @blueprint.get("/assets/<content_hash>/<path:path>")
    def asset(content_hash: str, path: str) -> Response:
        found = assets.get(path)
        if found is None:
            abort(404)
        encoding = "identity"
        if found.compresses:
            encoding = request.accept_encodings.best_match(["br", "gzip", "identity"], "identity")
        response = Response(found.encoded(encoding), content_type=found.content_type)
        if encoding != "identity":
            response.content_encoding = encoding
        if found.compresses:
            response.vary.add("Accept-Encoding")
        # A page from before an update may ask for what has changed since: give it, but let nobody keep it.
        response.headers["Cache-Control"] = _FOR_EVER if content_hash == assets.hash else "no-store"
        return response

    @blueprint.post("/taal")
    def choose_language() -> AnyResponse:
        code = request.form.get("language", "")
        if code not in LANGUAGES:
            abort(400)
        response = make_response(redirect(local_path(request.form.get("next", "")), HTTPStatus.SEE_OTHER))
        return remember_language(response, code)

    @blueprint.get("/voorkeuren")
    def show_preferences() -> str:
        return render_template(
            "accessible_ui/reading_preferences/page.html",
            chosen=current_preferences(),
            next=local_path(request.args.get("next", "")),
        )

    @blueprint.post("/voorkeuren")
    def keep_preferences() -> AnyResponse:
        chosen = Preferences() if "reset" in request.form else Preferences.chosen(request.form)
        response = make_response(redirect(local_path(request.form.get("next", "")), HTTPStatus.SEE_OTHER))
        return remember_preferences(response, chosen)

    gallery.add_routes(blueprint, assets)
    return blueprint


def local_path(path: str) -> str:
    """The path if it stays on this site, else "/": nobody is sent away through our pages (CWE-601)."""
    # A browser reads "//x" and "/\x" as another host, and drops control characters before it looks.
    if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable():
        return path
    return "/"
