"""A small local server for the agent's tests: a page with the real presence component, and the beacon's way on.

`python -m tests.face_stand_in PORT AGENT_SOCKET`. `/talk` looks to the component like a live call.
"""

import logging
import sys
from pathlib import Path

from flask import Flask, Response, render_template_string, request
from werkzeug.serving import make_server

from app.kiosk.device.agent_client import AgentClient, AgentDown
from tests.kit_desk import kit_app

PAGE = """{% extends "accessible_ui/page.html" %}{% from "kiosk/presence/presence.html" import presence %}
{% block title %}Welkom{% endblock %}{% block content %}<h1>Welkom</h1>
<p><a class="utrecht-link" href="/visit">Verder</a></p><button type="button">Begin</button>
{% if talk %}<div data-module="conversations/call_page"><p data-call="alone" hidden></p></div>{% endif %}
{{ presence("talk" if talk else "face") }}{% endblock %}"""


def create_face(agent: AgentClient) -> Flask:
    app = kit_app()
    app.config["WTF_CSRF_ENABLED"] = False

    @app.get("/")
    @app.get("/visit")
    def page() -> str:
        return render_template_string(PAGE, talk=False)

    @app.get("/talk")
    def talk() -> str:
        return render_template_string(PAGE, talk=True)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.get("/kept")
    def kept() -> Response:
        answer = Response(f"kept {request.query_string.decode()}", mimetype="text/plain")
        answer.headers["Cache-Control"] = "max-age=86400, immutable"
        return answer

    @app.post("/hartslag")
    def beacon() -> Response:
        told = request.get_json()
        try:
            agent.beacon(told["page"], told["painted"], told["in_talk"])
        except AgentDown:
            return Response(status=503)
        return Response(status=204)

    return app


if __name__ == "__main__":
    port, socket_path = sys.argv[1:]
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # as the real one: no addresses in a log
    face = create_face(AgentClient(Path(socket_path)))
    make_server("127.0.0.1", int(port), face, threaded=True).serve_forever()
