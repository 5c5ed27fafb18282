"""A call from a terminal: policies, packet filter and relay together, in networks of its own.

Real parts: the desk, coturn, two browsers; the citizen's runs as a user of its own behind the filter.
"""

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

from app.kiosk.device.packet_filter import TEMPLATE, packet_filter, reached
from app.kiosk.device.policies import common_policies, managed_policies
from app.kiosk.device.site import Site
from app.storage.database import connect
from tests.browser import started_playwright
from tests.desk import ServedDesk
from tests.image import networks
from tests.image.networks import BROWSER_USER, MUNICIPALITY, Networks
from tests.image.policed import REMOTE_CONTROL, program_with, require_namespaces
from tests.image.small_sites import self_signed
from tests.journeys.people import Employee, Guest, starts_talk
from tests.journeys.sound import tone_file
from tests.terminal_entry import an_entry

SERVER = f"https://{MUNICIPALITY}"
TURN_URLS = {
    "udp": f"turn:{MUNICIPALITY}:3478?transport=udp",
    "tcp": f"turn:{MUNICIPALITY}:3478?transport=tcp",
    "tls": f"turns:{MUNICIPALITY}:5349?transport=tcp",
}
SECRET = "known to the server and to coturn"

SELECTED = """async () => {
  const call = document.querySelector('[data-module^="conversations/"]').component.client;
  const [peer] = call.peers.values();
  const all = new Map([...(await peer.pc.getStats()).entries()]);
  const transport = [...all.values()].find((report) => report.type === "transport" && report.selectedCandidatePairId);
  return transport ? all.get(all.get(transport.selectedCandidatePairId).localCandidateId).candidateType : null;
}"""
"""The kind of the own candidate that the picture takes: host, srflx, prflx or relay."""

RELAYED = """async (url) => {
  const call = document.querySelector('[data-module^="conversations/"]').component.client;
  const [peer] = call.peers.values();
  const { username, credential } = peer.ways.iceServers.find((server) => server.username);
  const pc = new RTCPeerConnection({
    iceServers: [{ urls: [url], username, credential }], iceTransportPolicy: "relay" });
  pc.createDataChannel("x");
  await pc.setLocalDescription();
  await new Promise((done) => {
    pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && done();
    setTimeout(done, 20000);
  });
  const found = [...(await pc.getStats()).values()].filter((report) => report.type === "local-candidate");
  pc.close();
  return found.map((report) => `${report.candidateType} ${report.relayProtocol}`);
}"""


@dataclass(frozen=True, slots=True)
class Town:
    networks: Networks
    desk: ServedDesk
    folder: Path
    """Readable for the browser's user."""

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


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[Town]:
    require_namespaces("-m")
    if shutil.which("turnserver") is None:
        pytest.skip("coturn (turnserver) is not installed")
    place = tmp_path_factory.mktemp("town")
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
        yield Town(there, desk, folder)


@pytest.mark.media
@pytest.mark.timeout(600)
def test_a_call_through_filter_and_relay(town: Town, tmp_path: Path) -> None:
    site = Site.parse(SERVER)
    things = reached(site, TURN_URLS.values())
    addresses = {MUNICIPALITY: (MUNICIPALITY,)}
    shut = packet_filter(site, things, addresses, BROWSER_USER, TEMPLATE.read_text())
    networks.load_filter(town.networks.terminal, shut)
    policies = managed_policies(site, common_policies())
    driven = {name: value for name, value in policies.items() if name not in REMOTE_CONTROL}
    beep = tone_file(440, town.folder / "beep.wav")
    beep.chmod(0o644)
    tls = ("--ignore-certificate-errors",)  # nobody knows the test's certificate
    here = program_with(tmp_path / "employee", None, netns=town.networks.municipality)
    there = program_with(town.folder, driven, uid=BROWSER_USER, netns=town.networks.terminal)
    playwright = started_playwright()
    with ExitStack() as stack:
        employee = Employee(
            playwright, "Sanne", microphone=beep, flags=tls, program=str(here), ignore_https_errors=True
        )
        stack.callback(employee.close)
        link = starts_talk(employee, town.desk)
        citizen = Guest(
            playwright, "citizen", microphone=beep, flags=tls, program=str(there), ignore_https_errors=True
        )
        stack.callback(citizen.close)
        data = town.desk.data_dir
        database = connect(f"sqlite:///{data / 'wijkbalie.sqlite'}", (data / "data.key").read_text())
        stack.callback(database.close)
        terminal = an_entry(database)
        town.give(citizen, terminal=terminal)
        citizen.come_to_waiting_room(link, reads=False, lends_voice=False)
        citizen.waits()
        employee.lets_in(1)
        citizen.is_in_the_talk()
        for person in (employee, citizen):
            person.sees_moving(2)
            person.hears(1)
        assert citizen.page.evaluate(SELECTED) == "relay"

        for protocol, url in TURN_URLS.items():
            assert f"relay {protocol}" in citizen.page.evaluate(RELAYED, url), protocol

        # The control: the same citizen at an ordinary computer is not relayed.
        networks.drop_filter(town.networks.terminal)
        session = town.session(citizen)
        assert session.pop("terminal") == terminal
        town.give(citizen, **session)
        citizen.page.reload()
        citizen.sees_moving(2)
        assert citizen.page.evaluate(SELECTED) in ("host", "srflx", "prflx")
