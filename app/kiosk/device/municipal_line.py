"""The municipality over the signed line, as the face asks for it."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from app.domain.information import Information
from app.domain.information.pages import UnfitInformation
from app.domain.terminal_parts import JoiningView, MunicipalityRefused, NoLine
from app.domain.terminals import TerminalProfile
from app.kiosk.device.enrolment import EnrolmentView
from app.kiosk.device.line import LineDown, LineRefused
from app.kiosk.wire import BadBody, read_profile

_DOOR = re.compile(r"/terminal/in/[\w-]{1,200}", re.ASCII)
_SELF_TEST = re.compile(r"/terminal/zelftest/[\w.-]{1,400}", re.ASCII)


class Asking(Protocol):
    """What this needs of Line."""

    server_url: str

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Raises LineDown, LineRefused."""


class SignedMunicipalLine:
    """MunicipalLine. line: asked at each request; None as long as the terminal belongs to nobody."""

    def __init__(self, line: Callable[[], Asking | None]) -> None:
        self._line = line

    def walk_in(self, language: str) -> str:
        return self._entry("/terminal/api/walk-in", {"language": language})

    def short_code(self, code: str, language: str) -> str:
        return self._entry("/terminal/api/short-code", {"code": code, "language": language})

    def self_test(self) -> str:
        return self._entry("/terminal/api/self-tests", {"back": "face"}, "address", _SELF_TEST)

    def profile(self) -> TerminalProfile:
        _line, answer = self._ask("/terminal/api/profile", {})
        try:
            return read_profile(answer["profile"])
        except (KeyError, TypeError, AttributeError, BadBody) as problem:
            raise NoLine from problem

    def information(self) -> Information:
        _line, answer = self._ask("/terminal/api/information", {})
        try:
            return Information.from_json(answer)
        except UnfitInformation as problem:
            raise NoLine from problem

    def host_code_hash(self) -> str | None:
        _line, answer = self._ask("/terminal/api/host-code", {})
        told = answer.get("hash")
        if told is not None and not isinstance(told, str):
            raise NoLine
        return told

    def _entry(
        self, path: str, body: Mapping[str, Any], field: str = "entry", door: re.Pattern[str] = _DOOR
    ) -> str:
        line, answer = self._ask(path, body)
        entry = answer.get(field)
        # Whatever answered: the browser is led to the municipality's door and nowhere else.
        if not isinstance(entry, str) or not door.fullmatch(entry):
            raise NoLine
        return line.server_url + entry

    def _ask(self, path: str, body: Mapping[str, Any]) -> tuple[Asking, dict[str, Any]]:
        line = self._line()
        if line is None:
            raise NoLine
        try:
            return line, line.post(path, body)
        except LineDown as problem:
            raise NoLine from problem
        except LineRefused as refusal:
            raise MunicipalityRefused(refusal.code) from refusal


class Steps(Protocol):
    """What this needs of Enrolment."""

    def step(self) -> EnrolmentView: ...


class EnrolmentJoining:
    """Joining."""

    def __init__(self, enrolment: Steps) -> None:
        self._enrolment = enrolment

    def step(self) -> JoiningView:
        view = self._enrolment.step()
        if view.state == "enrolled":
            return JoiningView(joined=True)
        problem = {"waiting": "", "refused": view.problem}.get(view.state, view.state)
        return JoiningView(joined=False, code=view.code, problem=problem)
