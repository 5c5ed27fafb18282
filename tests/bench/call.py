"""The live talk in real browsers: join to first remote picture, and frames a second against a bare mesh page.

Joining is the page's hello on the signalling socket (docs/signalling.md). The same from the moment that the page
began to load stands beside it.

One browser process for each person, as in life; all on this one machine, so the bare mesh page, which does nothing
but send and show, is the measure: same browsers, same camera, same bounds, same run.
"""

import json
import statistics
import tempfile
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright, sync_playwright

from tests.desk import ServedDesk
from tests.journeys.people import Employee, Guest, Person
from tests.journeys.sound import tone_file

MEASURE_MS, WINDOWS = 10_000, 3
JOINS = 5
SMALL = {"width": 640, "height": 480}
BOUNDS = {2: (700_000, 24), 4: (350_000, 20)}
"""bitrate_bps and frames a second as call/quality.js sets them for that many people."""

FIRST_REMOTE_PICTURE = """
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (frame) {
    window.joinedMs ??= performance.now();
    return send.call(this, frame);
  };
  document.addEventListener("loadeddata", ({ target }) => {
    const remote = target instanceof HTMLVideoElement && !target.muted && target.videoWidth;
    if (!remote || window.firstPictureMs) return;
    window.firstPictureMs = performance.now();
    console.debug("first remote picture");
  }, true);
"""

BARE_PEER = """async ([id, offers, bitrate, frames]) => {
  window.own ??= await navigator.mediaDevices.getUserMedia(
    {audio: true, video: {width: 640, height: 360, frameRate: {ideal: 24, max: 30}}});
  window.show ??= (stream) => document.body.append(
    Object.assign(document.createElement("video"), {autoplay: true, srcObject: stream, width: 300, height: 169}));
  if (!window.bare) {
    document.body.replaceChildren();
    window.show(new MediaStream(window.own.getVideoTracks()));
  }
  const pc = new RTCPeerConnection();
  (window.bare ??= {})[id] = pc;
  pc.ontrack = ({track, streams}) => {
    if (track.kind !== "video") return;
    window.show(streams[0]);
  };
  window.own.getTracks().forEach((track) => pc.addTrack(track, window.own));
  window.bound = async (pc) => {
    const sender = pc.getSenders().find((one) => one.track?.kind === "video");
    const parameters = sender.getParameters();
    Object.assign(parameters.encodings[0], {maxBitrate: bitrate, maxFramerate: frames});
    await sender.setParameters(parameters);
  };
  if (!offers) return null;
  await pc.setLocalDescription();
  await new Promise((done) => { pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && done(); });
  return JSON.stringify(pc.localDescription);
}"""
BARE_ANSWER = """async ([id, offer]) => {
  const pc = window.bare[id];
  await pc.setRemoteDescription(JSON.parse(offer));
  await pc.setLocalDescription();
  if (pc.iceGatheringState !== "complete") {
    await new Promise((done) => {
      pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && done();
    });
  }
  await window.bound(pc);
  return JSON.stringify(pc.localDescription);
}"""
BARE_FINISH = """async ([id, answer]) => {
  await window.bare[id].setRemoteDescription(JSON.parse(answer));
  await window.bound(window.bare[id]);
}"""
DECODED = """async (which) => {
  const client = document.querySelector('[data-module^="conversations/"]')?.component?.client;
  const all = which === "bare" ? Object.values(window.bare) : [...client.peers.values()].map((peer) => peer.pc);
  let frames = 0;
  for (const pc of all) for (const report of (await pc.getStats()).values()) {
    if (report.type === "inbound-rtp" && report.kind === "video") frames += report.framesDecoded ?? 0;
  }
  return {frames, links: all.length, at: performance.now()};
}"""


def call(_audio: Path) -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder) / "desk"
        data.mkdir()
        models = Path("var/models").absolute()
        if models.is_dir():
            (data / "models").symlink_to(models, target_is_directory=True)
        beep = tone_file(440, Path(folder) / "beep.wav")
        desk = ServedDesk(data)
        desk.start()
        try:
            for people in (2, 4):
                yield from _between(people, playwright, desk, beep)
        finally:
            desk.stop()


def _between(people: int, playwright: Playwright, desk: ServedDesk, beep: Path) -> Iterator[dict[str, Any]]:
    arguments = {"microphone": beep, "viewport": SMALL}
    everybody: list[Person] = [Employee(playwright, "Sanne", **arguments)]
    everybody += [Guest(playwright, f"guest {n}", **arguments) for n in range(2, people + 1)]
    try:
        before = _bare_mesh(everybody, desk.url, people)
        figures = list(_talk(everybody, desk, people))
        # Before and after: a machine's pace changes within a minute.
        bare = (before + _bare_mesh(everybody, desk.url, people)) / 2
        frames = figures[-1]
        yield from figures[:-1]
        yield {**frames, "baseline": round(bare, 2), "ratio": round(frames["value"] / bare, 3)}
    finally:
        for person in everybody:
            person.close()


def _bare_mesh(everybody: list[Person], url: str, people: int) -> float:
    pages = [person.page for person in everybody]
    for page in pages:
        page.goto(f"{url}/toegankelijkheid")
    for one, other in combinations(range(people), 2):
        bounds = BOUNDS[people]
        pages[other].evaluate(BARE_PEER, [f"{one}-{other}", False, *bounds])
        offer = pages[one].evaluate(BARE_PEER, [f"{one}-{other}", True, *bounds])
        answer = pages[other].evaluate(BARE_ANSWER, [f"{one}-{other}", offer])
        pages[one].evaluate(BARE_FINISH, [f"{one}-{other}", answer])
    return _frames_per_s(pages, "bare")


def _talk(everybody: list[Person], desk: ServedDesk, people: int) -> Iterator[dict[str, Any]]:
    employee, *guests = everybody
    assert isinstance(employee, Employee)
    links = _new_talk(employee, desk, people)
    for number, (guest, link) in enumerate(zip(guests, links, strict=True), start=2):
        assert isinstance(guest, Guest)
        guest.context.add_init_script(FIRST_REMOTE_PICTURE)
        seen_ms: list[float] = []
        from_load_ms: list[float] = []
        for _ in range(JOINS if number == people else 1):
            if seen_ms:
                guest.stop()
            _joins(employee, guest, link)
            guest.sees_moving(number)
            joined, seen = guest.page.evaluate("[window.joinedMs, window.firstPictureMs]")
            seen_ms.append(seen - joined)
            from_load_ms.append(seen)
    yield _seconds(f"call.first_picture_{people}_s", seen_ms)
    yield _seconds(f"call.first_picture_{people}_from_load_s", from_load_ms)
    ours = _frames_per_s([person.page for person in everybody], "talk")
    yield {
        "name": f"call.frames_per_s_{people}",
        "value": round(ours, 2),
        "unit": "1/s",
    }


def _joins(employee: Employee, guest: Guest, link: str) -> None:
    guest.come_to_waiting_room(link, reads=False, lends_voice=False)
    guest.waits()
    # The page says it by itself: who asks meanwhile is measured too, and asking costs more than joining does.
    seen_picture = {"predicate": lambda said: said.text == "first remote picture", "timeout": 60_000}
    with guest.page.expect_console_message(**seen_picture):
        employee.lets_in(1)
    guest.is_in_the_talk()


def _seconds(name: str, values_ms: list[float]) -> dict[str, Any]:
    """The middle one; the others stand beside it."""
    values = [round(value / 1000, 3) for value in sorted(values_ms)]
    return {"name": name, "value": statistics.median(values), "unit": "s", "all": values}


def _new_talk(employee: Employee, desk: ServedDesk, people: int) -> list[str]:
    """A conversation with a link for each guest; the employee sits in it."""
    if not employee.page.url.endswith("/desk/"):
        sanne = desk.demo["employees"][0]
        employee.sign_in(desk.demo["desk_url"], sanne["user"], sanne["password"])
    employee.press("Geboorte aangeven")
    for role in ("Tolk", "Naaste")[: people - 2]:
        employee.press(f"Nodig uit: {role}")
    addresses = employee.page.locator("[data-address]")
    links = [addresses.nth(n).input_value() for n in range(people - 1)]
    employee.page.get_by_role("link", name="Naar het gesprek").click()
    employee.page.get_by_role("button", name="Stop het gesprek").wait_for()
    return links


def _frames_per_s(pages: list[Page], which: str) -> float:
    """The mean over all links, once they have found their pace; the middle one of WINDOWS, which differ by a fifth."""
    pages[0].wait_for_timeout(5000)
    counted = [[page.evaluate(DECODED, which) for page in pages]]
    for _ in range(WINDOWS):
        pages[0].wait_for_timeout(MEASURE_MS)
        counted.append([page.evaluate(DECODED, which) for page in pages])
    return statistics.median(
        statistics.mean(
            (late["frames"] - early["frames"]) / late["links"] / (late["at"] - early["at"]) * 1000
            for early, late in zip(before, after, strict=True)
        )
        for before, after in pairwise(counted)
    )


BENCHMARKS = {"call": call}

if __name__ == "__main__":
    for figure in call(Path()):
        print(json.dumps(figure), flush=True)
