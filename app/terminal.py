"""The terminal's composition root: builds the adapters and hands them to the face. Holds no logic."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from jinja2 import BaseLoader, ChoiceLoader, FunctionLoader

from app import protection, quiet_logs
from app.accessible_ui.phrase_board.routes import create_blueprint as phrase_routes
from app.accessible_ui.read_aloud.routes import create_blueprint as read_aloud_routes
from app.accessible_ui.web import init_accessible_ui, select_language
from app.domain.phrases import load_phrases
from app.domain.terminal_parts import Joining
from app.kiosk.device.enrolment import Enrolment
from app.kiosk.device.municipal_line import EnrolmentJoining, SignedMunicipalLine
from app.kiosk.device.without import WithoutAgent, WithoutOutbox, WithoutPrinter
from app.kiosk.face.kept import KeptInformation
from app.kiosk.face.own_name import OwnName
from app.kiosk.face.parts import Face, Ports
from app.kiosk.face.routes import create_blueprint as face_routes
from app.kiosk.face.watch import LineWatch
from app.speech.client import SpeechClient
from app.terminal_config import TerminalSettings

FRAME = "accessible_ui/page.html"
"""The kit's own pages stand in the face's frame here, with its bar and its way out."""
LIMITED = ("read_aloud.speak", "read_aloud.page_sound", "phrases.sound")


def create_terminal_app(
    settings: TerminalSettings | None = None, ports: Ports | None = None, joining: Joining | None = None
) -> Flask:
    """ports, joining: others than the machine's own."""
    settings = settings or TerminalSettings.from_env()
    if ports is None or joining is None:
        built, enrolment = build_ports(settings)
        ports, joining = ports or built, joining or enrolment
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.config.update(protection.flask_settings(settings.desk))
    # Cookies know no ports: a desk on the same machine has a session of its own.
    app.config["SESSION_COOKIE_NAME"] = "terminal_session"
    app.wsgi_app = OwnName(app.wsgi_app, [settings.host, "localhost"])  # type: ignore[method-assign]
    quiet_logs.keep_quiet(app.logger)

    kept = KeptInformation(settings.data_dir / "municipality.json")
    watch = LineWatch(ports.line, joining, kept)
    face = Face(ports, kept, watch)

    Babel(app, locale_selector=select_language, default_translation_directories=protection.TRANSLATIONS)
    csrf = CSRFProtect(app)
    Compress(app)
    limiter = Limiter(get_remote_address, app=app)
    init_accessible_ui(app, kept.municipality)
    app.jinja_loader = _framed(app.jinja_loader)
    rooms: list[Any] = [
        read_aloud_routes(ports.voice, settings.desk.secret_keys[0]),
        phrase_routes(ports.board, ports.voice),
        face_routes(face, settings.server_url),
    ]
    for room in rooms:
        app.register_blueprint(room)
    csrf.exempt(app.view_functions["face.heartbeat"])  # it looks at Origin instead
    protection.protect(app, limiter, secure=False, limited=LIMITED, forms_lead_to=(settings.server_url,))
    app.extensions["wijkbalie_face"] = face
    app.extensions["wijkbalie_limiter"] = limiter  # the limits themselves hold it weakly
    return app


def build_ports(settings: TerminalSettings) -> tuple[Ports, Joining]:
    """What this machine has."""
    enrolment = Enrolment(settings.data_dir, settings.server_url)
    speech = SpeechClient(settings.desk.speech_socket)
    ports = Ports(
        line=SignedMunicipalLine(enrolment.line),
        agent=WithoutAgent(),
        call_backs=WithoutOutbox(),
        receipts=WithoutPrinter(),
        voice=speech.voice,
        translator=speech.translator,
        board=load_phrases,
        clock=lambda: datetime.now(UTC),
    )
    return ports, EnrolmentJoining(enrolment)


def _framed(kit: BaseLoader | None) -> ChoiceLoader:
    assert kit is not None

    def frame(name: str) -> str | None:
        return '{% extends "kiosk/face/kit_page.html" %}' if name == FRAME else None

    return ChoiceLoader([FunctionLoader(frame), kit])
