"""The terminal's composition root: builds the adapters and hands them to the face. Holds no logic."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

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
from app.kiosk.device.agent_client import AgentClient
from app.kiosk.device.at_the_face import MachineAgent, PrintedReceipts, ProfiledPrinter, SealedCallBacks
from app.kiosk.device.delivering import Delivering
from app.kiosk.device.enrolment import Enrolment
from app.kiosk.device.host_code import HostCode
from app.kiosk.device.municipal_line import EnrolmentJoining, SignedMunicipalLine
from app.kiosk.device.network_test import NetworkTest, relay_of
from app.kiosk.device.off_today import OffForToday
from app.kiosk.device.outbox import Outbox
from app.kiosk.device.printing import CupsPrinter
from app.kiosk.device.staff_log import StaffLog
from app.kiosk.device.store import Store
from app.kiosk.face.kept import KeptInformation
from app.kiosk.face.own_name import OwnName
from app.kiosk.face.parts import Face, Ports
from app.kiosk.face.routes import create_blueprint as face_routes
from app.kiosk.face.staff.ports import Ports as StaffPorts
from app.kiosk.face.staff.ports import Waiting
from app.kiosk.face.staff.routes import create_blueprint as staff_routes
from app.kiosk.face.watch import LineWatch
from app.kiosk.sealing import seal
from app.speech.client import SpeechClient
from app.terminal_config import TerminalSettings

FRAME = "accessible_ui/page.html"
"""The kit's own pages stand in the face's frame here, with its bar and its way out."""
LIMITED = ("read_aloud.speak", "read_aloud.page_sound", "phrases.sound")


class Machine(NamedTuple):
    """What this machine has."""

    ports: Ports
    joining: Joining
    staff: StaffPorts
    delivering: Delivering


def create_terminal_app(
    settings: TerminalSettings | None = None,
    ports: Ports | None = None,
    joining: Joining | None = None,
    staff: StaffPorts | None = None,
) -> Flask:
    """ports, joining, staff: others than the machine's own."""
    settings = settings or TerminalSettings.from_env()
    kept = KeptInformation(settings.data_dir / "municipality.json")
    machine = build_machine(settings, kept)
    ports, joining, staff = ports or machine.ports, joining or machine.joining, staff or machine.staff
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.config.update(protection.flask_settings(settings.desk))
    # Cookies know no ports: a desk on the same machine has a session of its own.
    app.config["SESSION_COOKIE_NAME"] = "terminal_session"
    app.wsgi_app = OwnName(app.wsgi_app, [settings.host, "localhost"])  # type: ignore[method-assign]
    quiet_logs.keep_quiet(app.logger)

    watch = LineWatch(ports.line, joining, kept, take_host_code=staff.take_host_code)
    watch.when_up.append(machine.delivering.wake)
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
        face_routes(face, settings.server_url, settings.idle_s, settings.idle_count_s),
        staff_routes(staff),
    ]
    for room in rooms:
        app.register_blueprint(room)
    csrf.exempt(app.view_functions["face.heartbeat"])  # it looks at Origin instead
    protection.protect(app, limiter, secure=False, limited=LIMITED, forms_lead_to=(settings.server_url,))
    app.extensions["wijkbalie_face"] = face
    app.extensions["wijkbalie_delivering"] = machine.delivering
    app.extensions["wijkbalie_limiter"] = limiter  # the limits themselves hold it weakly
    return app


def build_machine(settings: TerminalSettings, kept: KeptInformation) -> Machine:
    enrolment = Enrolment(settings.data_dir, settings.server_url)
    speech = SpeechClient(settings.desk.speech_socket)
    store = Store(settings.data_dir)
    outbox, off = Outbox(store, seal), OffForToday(store)
    agent = AgentClient(settings.agent_socket)
    printer = ProfiledPrinter(CupsPrinter(), lambda: kept.profile.printer)
    ports = Ports(
        line=SignedMunicipalLine(enrolment.line),
        agent=MachineAgent(agent if settings.with_agent else None, off, _now),
        call_backs=SealedCallBacks(outbox),
        receipts=PrintedReceipts(printer),
        voice=speech.voice,
        translator=speech.translator,
        board=load_phrases,
        clock=_now,
    )
    staff = StaffPorts(
        code=HostCode(store),
        log=StaffLog(store),
        off=off,
        agent=agent,
        printer=printer,
        network=NetworkTest(enrolment.line, relay_of(settings.server_url)),
        waiting=lambda: Waiting(outbox.left(), outbox.refused()),
        opening_hours=lambda: kept.profile.opening_hours,
        clock=_now,
    )
    return Machine(ports, EnrolmentJoining(enrolment), staff, Delivering(outbox, enrolment.line))


def _now() -> datetime:
    return datetime.now(UTC)


def _framed(kit: BaseLoader | None) -> ChoiceLoader:
    assert kit is not None

    def frame(name: str) -> str | None:
        return '{% extends "kiosk/face/kit_page.html" %}' if name == FRAME else None

    return ChoiceLoader([FunctionLoader(frame), kit])
