"""For machines: the page's beacon, the state of the parts, and whether this server lives."""

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from app.domain.terminal_parts import AgentAway, Beacon
from app.kiosk.face.parts import Face
from app.kiosk.face.self_testing import is_test_due

_LONGEST_S = 10**9


def add_routes(blueprint: Blueprint, face: Face, server_url: str) -> None:
    @blueprint.get("/stand")
    def state() -> Response:
        """What works, for the page that is shown and for the agent. Nothing of who stands here."""
        now, visit = face.now(), face.found_visit()
        if visit is not None:
            visit.see_headphones(now.headphones)
        return jsonify(
            key=now.key,
            enrolled=now.enrolled,
            line=now.up,
            open=now.open,
            off_today=now.off,
            self_test=is_test_due(face),
            headphones=now.headphones,
            reads=visit.reads_aloud if visit is not None else False,
            speech=bool(face.ports.voice.languages()),
        )

    @blueprint.route("/hartslag", methods=["POST", "OPTIONS"])
    def heartbeat() -> ResponseReturnValue:
        """A Beacon as JSON, of this face or of a talk at the municipality's; nobody else's counts."""
        origin = request.headers.get("Origin", "")
        if origin not in (request.host_url.rstrip("/"), server_url):
            abort(403)
        if request.method == "POST":
            try:
                face.ports.agent.beacon(_beacon())
            except AgentAway:
                return _shared(jsonify(code="agent_away"), origin), 503
        return _shared(Response(status=204), origin)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @blueprint.get("/readyz")
    def readyz() -> Response:
        """Ready as soon as pages can be served: without speech the terminal is of use as well."""
        return jsonify(status="ready")


def _beacon() -> Beacon:
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or sent.get("page") not in ("face", "talk"):
        abort(400)
    still_s = sent.get("still_s", 0)
    if type(still_s) is not int or not 0 <= still_s <= _LONGEST_S:
        abort(400)
    truths = {name: sent.get(name, False) is True for name in ("painted", "in_talk", "at_rest")}
    return Beacon(sent["page"], **truths, still_s=still_s)


def _shared(answer: Response, origin: str) -> Response:
    """Fetch standard, CORS; and Private Network Access, since a page of the internet asks a machine of its own."""
    answer.headers["Access-Control-Allow-Origin"] = origin
    answer.headers["Vary"] = "Origin"
    answer.headers["Access-Control-Allow-Methods"] = "POST"
    answer.headers["Access-Control-Allow-Headers"] = "Content-Type"
    answer.headers["Access-Control-Allow-Private-Network"] = "true"
    answer.headers["Access-Control-Max-Age"] = "3600"
    return answer
