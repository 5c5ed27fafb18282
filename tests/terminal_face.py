"""A terminal's face with parts that remember what was asked of them, and that can be made to fail."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from app.accessible_ui.languages import LANGUAGES
from app.domain.information import Information, Town, load_pages
from app.domain.local_time import LOCAL
from app.domain.phrases import load_phrases
from app.domain.terminal_parts import (
    Beacon,
    CallBackRequest,
    CannotKeep,
    JoiningView,
    MunicipalityRefused,
    NoLine,
    PrinterDown,
    Receipt,
)
from app.domain.terminals import TerminalProfile
from app.domain.translation import Pair, Translation
from app.kiosk.face.parts import Face, Ports
from app.kiosk.face.staff.ports import Ports as StaffPorts
from app.terminal import create_terminal_app
from app.terminal_config import TerminalSettings
from tests.html_checks import CheckedClient
from tests.kit_desk import ListeningVoice

MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=LOCAL)
SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=LOCAL)
PAGES = (
    "/taal",
    "/keuze",
    "/afspraak",
    "/bezet",
    "/informatie",
    "/informatie?deel=2",
    "/informatie/openingstijden",
    "/informatie/geld?deel=2",
    "/terugbellen/onderwerp",
    "/terugbellen/naam",
    "/terugbellen/telefoon",
    "/terugbellen/wanneer",
    "/vertaal",
    "/vertaal/taal/ik",
    "/vertaal/taal/ander",
    "/vertaal/zinnen",
    "/vertaal/zinnen?over=alles",
    "/vertaal/zinnen?over=documents",
    "/vertaal/zinnen?wie=ander",
    "/vertaal/zin/not-understand",
    "/vertaal/schrijven",
    "/einde",
)
"""Every page that stands on its own."""
TOWN = Town(
    name="Waterstad",
    phone="14 099",
    email="info@waterstad.example",
    website="https://waterstad.example",
    address="Marktplein 1, 0000 AA Waterstad",
    opening_hours={
        "nl": "Maandag tot en met vrijdag van 9 uur tot 17 uur",
        "en": "Monday to Friday, 9 am to 5 pm",
        "ar": "من الاثنين إلى الجمعة، من الساعة 9 صباحًا إلى 5 مساءً",
    },
    theme="voorbeeld",
)


class FakeLine:
    """MunicipalLine. entry: where a talk is; up False: no line; refusal: the municipality says no."""

    def __init__(self) -> None:
        self.up = True
        self.refusal = ""
        self.entry = "http://127.0.0.1:9/terminal/in/token"
        self.town = TOWN
        self.host_code_now: str | None = None
        self.asked: list[tuple[str, ...]] = []
        self.profile_now = TerminalProfile(
            location="Bibliotheek De Kade",
            opening_hours=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00"),
            team_id=None,
            languages=(),
            printer=True,
        )

    def _answer(self, *asked: str) -> None:
        if not self.up:
            raise NoLine
        if self.refusal:
            raise MunicipalityRefused(self.refusal)
        self.asked.append(asked)

    def walk_in(self, language: str) -> str:
        self._answer("walk_in", language)
        return self.entry

    def short_code(self, code: str, language: str) -> str:
        self._answer("short_code", code, language)
        if code != "123456":
            raise MunicipalityRefused("code_wrong")
        return self.entry

    def self_test(self) -> str:
        self._answer("self_test")
        return "http://127.0.0.1:9/terminal/zelftest/token"

    def profile(self) -> TerminalProfile:
        self._answer("profile")
        return self.profile_now

    def information(self) -> Information:
        self._answer("information")
        return Information(self.town, load_pages())

    def host_code_hash(self) -> str | None:
        self._answer("host_code_hash")
        return self.host_code_now


class FakeAgent:
    """AgentPort."""

    def __init__(self) -> None:
        self.beacons: list[Beacon] = []
        self.wipes = 0
        self.told: dict[str, Any] = {"volume": 60, "headphones": False}

    def beacon(self, beacon: Beacon) -> None:
        self.beacons.append(beacon)

    def wipe(self) -> None:
        self.wipes += 1

    def volume(self, percent: int) -> None:
        self.told["volume"] = percent

    def state(self) -> dict[str, Any]:
        return dict(self.told)


class FakeOutbox:
    """CallBacks."""

    def __init__(self) -> None:
        self.kept: dict[str, CallBackRequest] = {}
        self.works = True
        self.here = True

    def is_open(self) -> bool:
        return self.here

    def add(self, request: CallBackRequest, request_id: str = "") -> str:
        if not self.works:
            raise CannotKeep
        self.kept[request_id] = request
        return request_id


class FakePrinter:
    """Receipts."""

    def __init__(self) -> None:
        self.works = True
        self.printed: list[Receipt] = []

    def ready(self) -> bool:
        return True

    def print(self, receipt: Receipt) -> None:
        if not self.works:
            raise PrinterDown
        self.printed.append(receipt)


class FakeJoining:
    """Joining."""

    def __init__(self) -> None:
        self.view = JoiningView(joined=True)

    def step(self) -> JoiningView:
        return self.view


class FakeTranslator:
    """Translator: turns words around, and loses what holds "kwijt"."""

    def pairs(self) -> frozenset[Pair]:
        return frozenset({Pair("en", "nl", "firefox", None, False), Pair("nl", "en", "firefox", None, False)})

    def translate(
        self, text: str, source: str, target: str, terms: Any = None, names: Any = ()
    ) -> Translation:
        made = "" if "kwijt" in text else " ".join(reversed(text.split()))
        return Translation(made, source, target, "machine", "firefox", fixture=False)


class TerminalFace:
    """The whole local server with its parts in hand."""

    def __init__(self, data_dir: Path, staff: StaffPorts | None = None, **settings: str) -> None:
        self.line, self.agent, self.outbox = FakeLine(), FakeAgent(), FakeOutbox()
        self.printer, self.joining, self.voice = FakePrinter(), FakeJoining(), ListeningVoice()
        self.now = MONDAY_NOON
        self.settings = TerminalSettings.from_env({"DATA_DIR": str(data_dir), "LIMITS": "off", **settings})
        self.app: Flask = create_terminal_app(
            self.settings,
            Ports(
                line=self.line,
                agent=self.agent,
                call_backs=self.outbox,
                receipts=self.printer,
                voice=self.voice,
                translator=FakeTranslator(),
                board=load_phrases,
                clock=lambda: self.now,
            ),
            self.joining,
            staff,
        )
        self.app.config["TESTING"] = True
        self.face.tested_at = self.now  # this morning's self-test is done
        self.url = ""
        self.look()

    @property
    def face(self) -> Face:
        face: Face = self.app.extensions["wijkbalie_face"]
        return face

    def look(self) -> None:
        self.face.watch.look()

    def line_falls(self) -> None:
        self.line.up = False
        self.look()

    def profile(self, **changes: Any) -> None:
        from dataclasses import replace

        self.line.profile_now = replace(self.line.profile_now, **changes)
        self.look()

    def client(self, language: str = "nl") -> CheckedClient:
        """A browser that has nothing yet, woken in this language."""
        client = CheckedClient(self.app.test_client())
        assert client.submit("/begin", {"language": language}, page="/").status_code == 303
        return client

    def nobody(self) -> CheckedClient:
        return CheckedClient(self.app.test_client())


assert set(LANGUAGES) == {"nl", "en", "ar"}


@contextmanager
def served(terminal: TerminalFace) -> Iterator[str]:
    """On a free port of this machine."""
    server = make_server("127.0.0.1", 0, terminal.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    terminal.url = f"http://127.0.0.1:{server.port}"
    try:
        yield terminal.url
    finally:
        server.shutdown()
        thread.join()


def fill_in(client: CheckedClient, **answers: str) -> TestResponse:
    """The four questions, each on its own page; where it comes out."""
    answers = {
        "onderwerp": "geld",
        "naam": "De Vries",
        "telefoon": "06 12 34 56 78",
        "wanneer": "ochtend",
        **answers,
    }
    for question, answer in answers.items():
        page = f"/terugbellen/{question}"
        told = client.submit(page, {"answer": answer}, page=page)
        assert told.status_code == 303, f"{question}: {told.text[:2000]}"
    return told
