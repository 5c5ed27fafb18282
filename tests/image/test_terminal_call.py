"""A call from a terminal: policies, packet filter and relay together, in networks of its own.

Real parts: the desk, coturn, two browsers; the citizen's runs as a user of its own behind the filter.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.kiosk.device.packet_filter import TEMPLATE, packet_filter, reached
from app.kiosk.device.policies import common_policies, managed_policies
from app.kiosk.device.site import Site
from tests.browser import started_playwright
from tests.image import networks
from tests.image.networks import BROWSER_USER, MUNICIPALITY
from tests.image.policed import REMOTE_CONTROL, program_with
from tests.image.town import SERVER, TURN_URLS, Town, a_town
from tests.journeys.people import Employee, Guest, starts_talk
from tests.journeys.sound import tone_file
from tests.terminal_entry import an_entry

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


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[Town]:
    with a_town(tmp_path_factory.mktemp("town"), models_dir) as town:
        yield town


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
        terminal = an_entry(stack.enter_context(town.database()))
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
