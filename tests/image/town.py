"""A municipality of cardboard with real parts, in a network of its own: the desk, its echo, coturn, TLS in front."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from app.storage.database import Database, connect
from tests.desk import ServedDesk
from tests.image import networks
from tests.image.networks import BROWSER_USER, MUNICIPALITY, Networks
from tests.image.policed import require_namespaces
from tests.image.small_sites import self_signed
from tests.journeys.people import Guest

SERVER = f"https://{MUNICIPALITY}"
TURN_URLS = {
    "udp": f"turn:{MUNICIPALITY}:3478?transport=udp",
    "tcp": f"turn:{MUNICIPALITY}:3478?transport=tcp",
    "tls": f"turns:{MUNICIPALITY}:5349?transport=tcp",
}
SECRET = "known to the server and to coturn"


@dataclass(frozen=True, slots=True)
class Town:
    networks: Networks
    desk: ServedDesk
    folder: Path
    """Readable for the browser's user."""
    certificate: Path
    """With its key."""

    def signed(self, **content: Any) -> str:
        """A session cookie as the desk makes it."""
        app = Flask("desk")
        app.secret_key = (self.desk.data_dir / "secret").read_text().strip()
        serializer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert serializer
        return str(serializer.dumps(content))

    def session(self, guest: Guest) -> dict[str, Any]:
        app = Flask("desk")
        app.secret_key = (self.desk.data_dir / "secret").read_text().strip()
        serializer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert serializer
        [cookie] = [each for each in guest.context.cookies() if each["name"] == "wijkbalie_session"]
        found: dict[str, Any] = serializer.loads(cookie["value"])
        return found

    @contextmanager
    def database(self) -> Iterator[Database]:
        data = self.desk.data_dir
        database = connect(f"sqlite:///{data / 'wijkbalie.sqlite'}", (data / "data.key").read_text())
        try:
            yield database
        finally:
            database.close()

    def give(self, guest: Guest, **content: Any) -> None:
        guest.context.add_cookies(
            [{"name": "wijkbalie_session", "value": self.signed(**content), "url": SERVER, "httpOnly": True}]
        )


@contextmanager
def running(*command: str, ready: str = "", log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + 60
        while ready not in log.read_text(errors="replace"):
            assert process.poll() is None, log.read_text(errors="replace")
            assert time.monotonic() < deadline, log.read_text(errors="replace")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def a_town(place: Path, models_dir: Path) -> Iterator[Town]:
    """Started, in networks of its own; place: an empty folder. Skips where that cannot be."""
    require_namespaces("-m")
    if shutil.which("turnserver") is None:
        pytest.skip("coturn (turnserver) is not installed")
    certificate = self_signed(place / "key.pem", MUNICIPALITY)
    data = place / "data"
    data.mkdir()
    (data / "models").symlink_to(models_dir, target_is_directory=True)
    desk = ServedDesk(data, BASE_URL=SERVER, TURN_URLS=" ".join(TURN_URLS.values()), TURN_SECRET=SECRET)
    folder = Path(tempfile.mkdtemp(prefix="terminal-"))
    with ExitStack() as stack:
        there = stack.enter_context(networks.two_networks())
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        within = ("ip", "netns", "exec", there.municipality)
        coturn = {
            "listening-ip": MUNICIPALITY, "relay-ip": MUNICIPALITY, "listening-port": 3478, "tls-listening-port": 5349,
            "realm": "balie.example", "static-auth-secret": SECRET, "userdb": place / "turn.db",
            "pidfile": place / "turn.pid", "log-file": "stdout", "cert": certificate, "pkey": certificate,
        }  # fmt: skip
        flags = ("--use-auth-secret", "--fingerprint", "--no-cli", "--no-rfc5780", "--no-dtls")
        options = [f"--{name}={value}" for name, value in coturn.items()]
        ready = "DB connection success"
        stack.enter_context(
            running(*within, "turnserver", "-n", *options, *flags, ready=ready, log=place / "turn.log")
        )
        with networks.inside(there.municipality):
            desk.start()
        stack.callback(desk.stop)
        front = str(Path(__file__).with_name("tls_front.py"))
        arguments = (str(certificate), MUNICIPALITY, "443", str(desk.port))
        stack.enter_context(
            running(*within, sys.executable, front, *arguments, ready="ready", log=place / "tls.log")
        )
        folder.chmod(0o755)
        os.chown(folder, BROWSER_USER, BROWSER_USER)
        yield Town(there, desk, folder, certificate)
