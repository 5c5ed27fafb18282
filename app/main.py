"""The web's composition root: builds the adapters and hands them to the rooms. Holds no logic."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from htmx_flask import Htmx
from werkzeug.middleware.proxy_fix import ProxyFix

from app import health, protection, quiet_logs
from app.accessible_ui.phrase_board.routes import create_blueprint as phrase_routes
from app.accessible_ui.read_aloud.routes import create_blueprint as read_aloud_routes
from app.accessible_ui.web import init_accessible_ui, select_language
from app.config import Settings
from app.conversations.echo import EchoClient
from app.conversations.hub import Hub
from app.conversations.routes import Speech
from app.conversations.routes import create_blueprint as conversation_routes
from app.conversations.translating import Translations
from app.conversations.turn import IceServers
from app.desk.routes import create_blueprint as desk_routes
from app.domain.information import load_pages
from app.domain.mail import mail_server
from app.kiosk.municipal.alarms import AlarmMail, SilenceWatch
from app.kiosk.municipal.api import create_blueprint as terminal_api_routes
from app.kiosk.municipal.entry import create_blueprint as terminal_entry_routes
from app.kiosk.municipal.information import create_blueprint as terminal_information_routes
from app.kiosk.municipal.presence import init_presence
from app.kiosk.municipal.self_tests import create_blueprint as self_test_routes
from app.kiosk.municipal.signed import Signatures
from app.kiosk.sealing import SealingKeys
from app.outside.mail import SmtpMail
from app.speech.client import SpeechClient
from app.speech.places import no_others
from app.speech.redis_line import RedisPlaces
from app.storage.call_backs import StoredCallBacks
from app.storage.conversations import StoredConversations
from app.storage.database import connect
from app.storage.employees import StoredEmployees
from app.storage.queue import StoredQueue
from app.storage.terminals import StoredTerminals
from app.storage.words import StoredWords
from app.visitor.routes import create_blueprint as visitor_routes


def create_app(settings: Settings | None = None) -> Flask:
    settings = settings or Settings.from_env()
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.config.update(protection.flask_settings(settings))
    quiet_logs.keep_quiet(app.logger)
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]

    database = connect(settings.database_url, settings.data_keys)
    conversations = StoredConversations(database)
    employees = StoredEmployees(database)
    words = StoredWords(database)
    terminals = StoredTerminals(database)
    queue, call_backs = StoredQueue(database), StoredCallBacks(database)
    others = RedisPlaces(settings.speech_redis, settings.speech_key) if settings.speech_redis else no_others
    speech = SpeechClient(*settings.speech_sockets, others=others)
    talk_speech = Speech(speech.captioner, speech.translator, speech.voice, words.vocabulary)
    hub = Hub(conversations, Translations(speech.translator, words), settings.seats)
    ice = IceServers(settings.stun_urls, settings.turn_urls, settings.turn_secret)
    echo = EchoClient(settings.echo_socket)

    Babel(app, locale_selector=select_language, default_translation_directories=protection.TRANSLATIONS)
    csrf = CSRFProtect(app)
    Compress(app)
    Htmx(app)
    limiter = Limiter(get_remote_address, app=app)
    init_accessible_ui(app, employees.municipality)
    init_presence(app)
    rooms: list[Any] = [
        read_aloud_routes(speech.voice, settings.secret_keys[0]),
        phrase_routes(words.board, speech.voice),
        conversation_routes(conversations, employees, talk_speech, hub, ice),
        visitor_routes(conversations, queue, hub, speech.captioner, speech.voice, speech.translator),
        desk_routes(conversations, queue, call_backs, employees, hub, words, terminals),
        terminal_api_routes(terminals, employees.municipality),
        terminal_entry_routes(
            queue, call_backs, hub, SealingKeys(settings.data_keys), settings.terminal_face
        ),
        terminal_information_routes(employees.municipality, load_pages(settings.data_dir / "information")),
        self_test_routes(terminals, echo.answer, ice, settings.secret_keys, settings.terminal_face),
        health.create_blueprint(database, speech, hub, echo),
    ]
    for room in rooms:
        app.register_blueprint(room)
    Signatures(terminals, limiter).init_app(app, csrf)
    protection.protect(app, limiter, secure=settings.secure)
    app.extensions["wijkbalie_hub"] = hub
    app.extensions["wijkbalie_database"] = database
    app.extensions["wijkbalie_watch"] = SilenceWatch(
        terminals, employees.municipality, alarm_mail(settings), datetime.now(UTC)
    )
    app.extensions["wijkbalie_limiter"] = limiter  # the limits themselves hold it weakly
    return app


def alarm_mail(settings: Settings) -> AlarmMail | None:
    if not settings.alarm_mail:
        return None
    mail = SmtpMail(mail_server(settings.mail_url), settings.mail_from)
    return AlarmMail(mail, settings.alarm_mail, f"{settings.base_url}/desk/terminals")
