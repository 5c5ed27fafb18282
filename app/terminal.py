"""The terminal's composition root: builds the adapters and hands them to the face. Holds no logic."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FunctionLoader

from app import protection, quiet_logs
from app.accessible_ui.phrase_board.routes import create_blueprint as phrase_routes
from app.accessible_ui.read_aloud.routes import create_blueprint as read_aloud_routes
from app.accessible_ui.web import init_accessible_ui, select_language
from app.domain.phrases import load_phrases
from app.kiosk.face.kept import KeptInformation
from app.kiosk.face.parts import Face, Ports
from app.kiosk.face.routes import create_blueprint as face_routes
from app.kiosk.face.watch import LineWatch
from app.speech.client import SpeechClient
from app.terminal_config import TerminalSettings
