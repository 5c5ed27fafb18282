"""The whole desk as `make run` serves it: what it promises, how it starts again, how it falls and stands up."""

import json
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import psutil
import pytest
from websocket import ABNF, WebSocket, create_connection

from tests.desk import ROOT, ServedDesk, free_port
from tests.waiting import until

pytestmark = [pytest.mark.media, pytest.mark.timeout(300)]


class Browser:
    """Keeps cookies, follows redirects, reads refusals as pages too. Asks no proxy."""

    def __init__(self) -> None:
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )

    def open(self, url: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, the address where it ended, and the page."""
        body = urllib.parse.urlencode(form).encode() if form is not None else None
        try:
            answer = self.opener.open(url, body, timeout=30)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            return answer.status, answer.url, unescape(answer.read().decode())

    def sign_in(self, desk: ServedDesk, number: int = 0) -> tuple[int, str, str]:
        page = f"{desk.url}/desk/inloggen"
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.open(page)[2])
        assert token
        employee = desk.demo["employees"][number]
        form = {"csrf_token": token[1], "user_name": employee["user"], "password": employee["password"]}
        return self.open(page, form)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{each.name}={each.value}" for each in self.cookies)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[ServedDesk]:
    data = tmp_path_factory.mktemp("serving")
    (data / "models").symlink_to(models_dir, target_is_directory=True)
    desk = ServedDesk(data)
    desk.start()
    yield desk
    assert desk.stop() == 0, desk.log()


def ready(desk: ServedDesk) -> tuple[int, dict[str, Any]]:
    status, _, page = Browser().open(f"{desk.url}/readyz")
    return status, json.loads(page)


def start_fails(data_dir: Path, **settings: str) -> tuple[int, str, str]:
    """Status, what it said, what it told about errors, of a start that cannot succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "run"],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(data_dir), **settings},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


# --- What is promised


def test_demo_json_has_the_promised_form(desk: ServedDesk) -> None:
    demo = desk.demo
    assert demo.keys() == {"base_url", "start_url", "desk_url", "employees", "links"}
    assert demo["base_url"] == f"http://127.0.0.1:{desk.port}"
    assert (demo["start_url"], demo["desk_url"]) == (desk.url + "/", desk.url + "/desk/")
    assert len(demo["employees"]) >= 2
    for employee in demo["employees"]:
        assert employee.keys() == {"name", "user", "password"}
        assert all(isinstance(value, str) and value for value in employee.values())
    assert demo["links"].keys() == {"citizen", "interpreter", "relative"}
    assert all(link.startswith(desk.url + "/l/") for link in demo["links"].values())
    assert (desk.data_dir / "demo.json").stat().st_mode & 0o077 == 0, "others could read passwords"


def test_its_links_open_and_its_passwords_sign_in(desk: ServedDesk) -> None:
    assert Browser().open(desk.demo["start_url"])[0] == 200
    for link in desk.demo["links"].values():
        status, address, page = Browser().open(link)
        assert status == 200
        assert re.fullmatch(rf"{desk.url}/gesprek/\w+/", address)
        assert "Ik doe mee" in page
    assert Browser().open(desk.demo["desk_url"])[1].startswith(f"{desk.url}/desk/inloggen")
    for number in range(len(desk.demo["employees"])):
        assert Browser().sign_in(desk, number)[:2] == (200, desk.demo["desk_url"])


def test_readyz_names_each_part(desk: ServedDesk) -> None:
    status, told = ready(desk)
    assert (status, told["status"]) == (200, "ready")
    assert told["parts"]["database"] == "ready"
    assert told["parts"]["conversations"]["state"] == "ready"
    assert told["parts"]["speech"]["state"] == "ready"
    assert "nl" in told["parts"]["speech"]["hears"]
    assert Browser().open(f"{desk.url}/healthz")[0] == 200


def test_no_link_password_or_key_is_in_the_log(desk: ServedDesk) -> None:
    Browser().open(f"{desk.url}/l/secret-{'x' * 30}")
    with socket.create_connection(("127.0.0.1", desk.port)) as line:
        line.sendall(f"GET /l/secret-{'y' * 30} no http\r\n\r\n".encode())
        assert line.recv(100)
    log = desk.log()
    kept = [(desk.data_dir / name).read_text().strip() for name in ("secret", "data.key")]
    tokens = [link.rpartition("/")[2] for link in desk.demo["links"].values()]
    for secret in (*kept, *tokens, *(each["password"] for each in desk.demo["employees"]), "secret-"):
        assert secret not in log


# --- Falling and standing up


def speech_process(desk: ServedDesk, module: str = "app.speech") -> psutil.Process | None:
    assert desk.process
    for child in psutil.Process(desk.process.pid).children():
        try:
            if module in child.cmdline():
                return child
        except psutil.NoSuchProcess:
            continue
    return None


def test_without_speech_the_desk_goes_on_and_speech_comes_back(desk: ServedDesk) -> None:
    before = speech_process(desk)
    assert before

    def is_said() -> bool:
        # It comes back within seconds, and its description is believed for five: it falls again until it is seen.
        if process := speech_process(desk):
            process.kill()
        return ready(desk)[0] == 503

    until(is_said, "readyz does not say that speech is gone", 30)
    status, told = ready(desk)
    if status == 503:
        assert (told["status"], told["parts"]["speech"]["state"]) == ("starting", "unavailable")
        assert told["parts"]["database"] == "ready"
    browser = Browser()
    assert browser.open(desk.demo["links"]["citizen"])[0] == 200
    assert Browser().sign_in(desk)[0] == 200
    until(lambda: ready(desk)[0] == 200, "speech did not come back", 120)
    after = speech_process(desk)
    assert after is not None
    assert after.pid != before.pid
    assert "nl" in ready(desk)[1]["parts"]["speech"]["hears"]


def test_without_the_echo_nothing_is_red_and_it_comes_back(desk: ServedDesk) -> None:
    def echo() -> str:
        status, told = ready(desk)
        assert status == 200
        return str(told["parts"]["echo"]["state"])

    until(lambda: echo() == "ready", "the echo did not start")
    before = speech_process(desk, "app.conversations.echo")
    assert before
    before.kill()
    until(lambda: echo() == "unavailable", "readyz does not say that the echo is gone", look_every_s=0.01)
    until(lambda: echo() == "ready", "the echo did not come back")


# --- Starts that cannot be


def test_a_taken_port_is_told_and_harms_nothing(desk: ServedDesk) -> None:
    """The running desk's own data: its links must stay as they were."""
    status, said, told = start_fails(desk.data_dir, PORT=str(desk.port))
    assert status == 1
    assert f"Port {desk.port}" in told
    assert "is ready" not in said
    assert "Traceback" not in told
    assert json.loads((desk.data_dir / "demo.json").read_text()) == desk.demo
    assert Browser().open(desk.demo["links"]["citizen"])[0] == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"), ("PORT", "0"), ("PORT", "70000"), ("PORT", "-1"), ("PORT", "８０００"), ("SEATS", "1"),
        ("BASE_URL", "balie.example"), ("BASE_URL", "ftp://balie.example"), ("DATA_DIR", "/dev/null/here"),
        ("TRUSTED_PROXIES", "many"),
    ],
)  # fmt: skip
def test_a_bad_setting_is_one_clear_sentence(tmp_path: Path, name: str, value: str) -> None:
    status, said, told = start_fails(tmp_path, **{"PORT": str(free_port()), name: value})
    assert (status, said) == (1, "")
    assert told.startswith(f"{name} is {value!r}; ")
    assert len(told.strip().splitlines()) == 1


def test_words_do_not_go_through_redis_unsealed(tmp_path: Path) -> None:
    for key in ({}, {"SPEECH_KEY": "short-secret"}):
        status, _, told = start_fails(tmp_path, SPEECH_REDIS="redis://127.0.0.1", **key)
        assert (status, "SPEECH_KEY must be a Fernet key" in told, "short-secret" in told) == (1, True, False)


def test_a_database_that_is_not_there_is_one_clear_sentence(tmp_path: Path, models_dir: Path) -> None:
    (tmp_path / "models").symlink_to(models_dir, target_is_directory=True)
    address = f"postgresql://clerk:geheim@127.0.0.1:{free_port()}/none"
    status, said, told = start_fails(tmp_path, PORT=str(free_port()), DATABASE_URL=address)
    assert (status, said) == (1, "")
    assert told.startswith("The database cannot be used: ")
    assert len(told.strip().splitlines()) == 1
    assert "geheim" not in told


# --- Stopping and starting again


def on_the_line(desk: ServedDesk) -> WebSocket:
    """An employee's socket in a new talk, welcomed: the demo's talk stays empty, so that its links are renewed."""
    browser = Browser()
    _, _, page = browser.sign_in(desk)
    field = r'name="%s"[^>]*value="([^"]+)"'
    token, service = (re.search(field % name, page) for name in ("csrf_token", "service_type"))
    assert token
    assert service
    form = {"csrf_token": token[1], "service_type": service[1]}
    _, prepared, _ = browser.open(f"{desk.url}/desk/gesprekken", form)
    console = browser.open(f"{prepared}/praten")[2]
    path = re.search(r'data-socket="([^"]+)"', console)
    assert path
    address = desk.url.replace("http", "ws", 1) + path[1]
    line = create_connection(address, cookie=browser.cookie, origin=desk.url, timeout=30)
    view = {"language": "nl", "spoken_language": "nl"}
    state = {"microphone": True, "camera": False, "sound_only": True}
    line.send(json.dumps({"type": "hello", "seq": 1, "epoch": "x" * 12, "view": view, "state": state}))
    assert json.loads(line.recv())["type"] == "welcome"
    return line


def close_code(line: WebSocket) -> int:
    line.settimeout(10)
    while True:
        opcode, data = line.recv_data(control_frame=True)
        if opcode == ABNF.OPCODE_CLOSE:
            return int.from_bytes(data[:2], "big")


def test_it_stops_with_sockets_open_and_starts_again_without_fetching(desk: ServedDesk) -> None:
    assert desk.process
    line = on_the_line(desk)
    family = psutil.Process(desk.process.pid).children(recursive=True)
    old, log_before = desk.demo, len(desk.log())

    assert desk.stop() == 0
    assert close_code(line) == 1012, "the page must hear that it is a restart"
    psutil.wait_procs(family, timeout=30)
    assert [child for child in family if child.is_running()] == [], "something stayed behind"

    # Whatever it would fetch now fails, and says so; nor may a proxy stand between it and itself.
    nowhere = "http://127.0.0.1:9"
    desk.settings = dict.fromkeys(
        ("http_proxy", "https_proxy", "HTTPS_PROXY", "PIP_INDEX_URL", "PIP_PROXY"), nowhere
    )
    desk.start()
    told = desk.log()[log_before:]
    assert not re.search(r"\bpip\b|fetching|Collecting|Downloading|installed|Traceback", told), told
    assert "nl" in ready(desk)[1]["parts"]["speech"]["hears"]

    assert desk.demo["links"].keys() == old["links"].keys()
    for role, link in old["links"].items():
        assert link != desk.demo["links"][role]
        status, _, page = Browser().open(link)
        assert status == 410
        assert "Er is een nieuwe link voor u" in page
        assert Browser().open(desk.demo["links"][role])[0] == 200
    assert Browser().sign_in(desk)[0] == 200
