"""What the face's pages are given: the ports, and what works at this moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from flask import g, session

from app.accessible_ui.languages import LANGUAGES, Language
from app.domain.local_time import local_day
from app.domain.phrases import PhraseBoard
from app.domain.speech import Voice
from app.domain.terminal_parts import (
    AgentAway,
    AgentPort,
    CallBacks,
    JoiningView,
    MunicipalLine,
    Receipts,
)
from app.domain.terminals import opened_at
from app.domain.translation import Translator
from app.kiosk.face.kept import KeptInformation
from app.kiosk.face.visit import Visit, Visits
from app.kiosk.face.watch import LineWatch

SESSION_KEY = "visit"


@dataclass(frozen=True, slots=True)
class Ports:
    line: MunicipalLine
    agent: AgentPort
    call_backs: CallBacks
    receipts: Receipts
    voice: Voice
    translator: Translator
    board: Callable[[], PhraseBoard]
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Now:
    """What works at this moment. A page offers nothing else."""

    joining: JoiningView
    up: bool
    open: bool
    off: bool
    """Switched off for today by the host."""
    headphones: bool
    has_volume: bool
    calls_back: bool
    """A request to be called back can be kept."""

    @property
    def enrolled(self) -> bool:
        return self.joining.joined

    @property
    def staffed(self) -> bool:
        """An employee can be reached."""
        return self.up and self.open

    @property
    def why(self) -> str:
        """Why not everything works: "down", "closed", or empty."""
        return "down" if not self.up else "closed" if not self.open else ""

    @property
    def key(self) -> str:
        """Another one means that the attract screen must be drawn anew."""
        return f"{self.joining.code}/{self.joining.problem}/{self.enrolled:d}{self.up:d}{self.open:d}{self.off:d}"


class Face:
    """One terminal: its ports, who stands before it, and what it knows."""

    def __init__(self, ports: Ports, kept: KeptInformation, watch: LineWatch) -> None:
        self.ports = ports
        self.kept = kept
        self.watch = watch
        self.visits = Visits()
        self.tested_at: datetime | None = None
        """When the last self-test was begun. In memory: a terminal that starts anew may test itself anew."""
        self.test_tried_at: datetime | None = None

    def _machine(self) -> Mapping[str, Any]:
        """What the agent says; nothing while it is away."""
        try:
            return self.ports.agent.state()
        except AgentAway:
            return {}

    def now(self) -> Now:
        """Looked up once a request: it asks the agent's socket and the outbox's database."""
        if "now" not in g:
            g.now = self._look()
        return cast(Now, g.now)

    def _look(self) -> Now:
        machine = self._machine()
        return Now(
            joining=self.watch.joining,
            up=self.watch.up,
            open=opened_at(self.kept.profile.opening_hours, self.ports.clock()) is not None,
            off=bool(machine.get("off_today")),
            headphones=bool(machine.get("headphones")),
            has_volume="volume" in machine,
            calls_back=self.ports.call_backs.is_open(),
        )

    def set_volume(self, percent: int) -> None:
        try:
            self.ports.agent.volume(percent)
        except AgentAway:
            return

    def prints(self) -> bool:
        return self.kept.profile.printer and self.ports.receipts.ready()

    def local_day(self) -> date:
        return local_day(self.ports.clock())

    def languages(self) -> list[Language]:
        """Those that the municipality chose for this terminal; all when it chose none."""
        chosen = [LANGUAGES[code] for code in self.kept.profile.languages if code in LANGUAGES]
        return chosen or list(LANGUAGES.values())

    def visit(self) -> Visit:
        """Who stands here now. A page that is opened without having been greeted begins a visit too."""
        return self.found_visit() or self.begin()

    def found_visit(self) -> Visit | None:
        return self.visits.find(session.get(SESSION_KEY))

    def begin(self) -> Visit:
        visit = self.visits.begin(self.ports.clock())
        session[SESSION_KEY] = visit.id
        return visit
