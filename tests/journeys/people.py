"""People in the journeys: each has a browser of their own, with their own microphone and camera.

They find everything by role and name, as somebody with a screen reader would.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.desk import ServedDesk

CHROMIUM = "/usr/bin/chromium"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
JOIN_MS = 180_000
"""Four browsers and a recogniser may fill a small machine for minutes; how fast it goes belongs to the benchmarks."""

SOUND_ENERGY = """async () => {
  const call = document.querySelector('[data-module^="conversations/"]').component.client;
  const seen = [];
  for (const [id, peer] of call.peers) {
    for (const report of (await peer.pc.getStats()).values()) {
      if (report.type === "inbound-rtp" && report.kind === "audio") seen.push([id, report.totalAudioEnergy ?? 0]);
    }
  }
  return Object.fromEntries(seen);
}"""

CALL_FACTS = """async () => {
  const call = document.querySelector('[data-module^="conversations/"]')?.component?.client;
  if (!call) return null;
  const people = [];
  for (const [id, peer] of call.peers) {
    const { connectionState, iceConnectionState, signalingState } = peer.pc;
    const { polite, ladder: { rung } } = peer;
    const fact = { id, connectionState, iceConnectionState, signalingState, rung, polite };
    for (const report of (await peer.pc.getStats()).values()) {
      const { type, kind, packetsReceived, packetsLost, framesDecoded, packetsSent, framesEncoded, active } = report;
      if (type === "inbound-rtp") fact[`${kind}In`] = [packetsReceived, packetsLost, framesDecoded];
      if (type === "outbound-rtp") fact[`${kind}Out`] = [packetsSent, framesEncoded, active];
      if (type === "candidate-pair" && report.nominated) fact.availableBps = report.availableOutgoingBitrate;
    }
    people.push(fact);
  }
  const pictures = [...document.querySelectorAll("video")].map((video) => ({
    shown: Boolean(video.offsetParent), width: video.videoWidth, paused: video.paused, ready: video.readyState,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
    tracks: video.srcObject?.getTracks().map((track) => track.readyState),
  }));
  return { worst: call.diagnosis.worst, sending: call.media.sending, people, pictures };
}"""


class Person:
    """One person at one device. Close it when the test is over; `people` does so."""

    def __init__(
        self,
        playwright: Playwright,
        name: str,
        microphone: Path | None = None,
        viewport: dict[str, int] | None = None,
        locale: str = "nl-NL",
        camera: Path | None = None,
        flags: tuple[str, ...] = (),
        permits: bool = True,
        script: str = "",
        program: str = CHROMIUM,
        **context: Any,
    ) -> None:
        """camera: a Y4M file, shown again and again. permits: says yes when the browser asks for camera and sound.

        script: runs before each page of theirs. program: another Chromium, such as one in a network of its own.
        """
        self.name = name
        arguments = [
            "--no-sandbox",
            "--use-fake-ui-for-media-stream" if permits else "--deny-permission-prompts",
            "--use-fake-device-for-media-stream",
            "--autoplay-policy=no-user-gesture-required",
            "--disable-background-networking",
            "--disable-component-update",
            # Four pages on one machine: none of them is "in the background" for its user.
            "--disable-renderer-backgrounding",
            "--disable-backgrounding-occluded-windows",
        ]
        if microphone:
            arguments.append(f"--use-file-for-fake-audio-capture={microphone}")
        if camera:
            arguments.append(f"--use-file-for-fake-video-capture={camera}")
        # A later flag of the same name wins over one above.
        arguments += flags
        self.browser: Browser = playwright.chromium.launch(executable_path=program, args=arguments)
        self.context: BrowserContext = self.browser.new_context(
            viewport=viewport or DESKTOP,  # type: ignore[arg-type]
            locale=locale,
            permissions=["camera", "microphone"] if permits else [],
            **context,
        )
        self.context.set_default_timeout(JOIN_MS)
        if script:
            self.context.add_init_script(script)
        self.page: Page = self.context.new_page()
        self.broken: list[str] = []
        self.page.on("pageerror", lambda error: self.broken.append(str(error)))

    def close(self) -> None:
        self.browser.close()

    def facts(self) -> str:
        """How their call is, in figures and states: what a failed test needs to be understood."""
        facts = self.page.evaluate(CALL_FACTS)
        return "\n".join([self.page.url, *self.broken, json.dumps(facts, indent=1)])

    # --- Seen and heard

    def sees_moving(self, people: int) -> None:
        """That many pictures move, the own one included: frames advance between two looks."""
        self.page.wait_for_function(
            """(people) => {
              const moving = (window.movingSince ??= new Map());
              const videos = [...document.querySelectorAll("video")].filter((v) => v.videoWidth > 0 && v.offsetParent);
              for (const video of videos) {
                const frames = video.getVideoPlaybackQuality().totalVideoFrames;
                const first = moving.get(video) ?? frames;
                moving.set(video, first);
              }
              const now = videos.filter((v) => v.getVideoPlaybackQuality().totalVideoFrames > moving.get(v) + 5);
              return now.length >= people;
            }""",
            arg=people,
            timeout=JOIN_MS,
        )

    def hears(self, others: int) -> None:
        """The sound that arrives from each of them carries energy, not only packets."""
        self.page.wait_for_function(
            f"async (others) => {{ const heard = await ({SOUND_ENERGY})();"
            " return Object.values(heard).filter((energy) => energy > 0.0005).length >= others; }",
            arg=others,
            timeout=JOIN_MS,
        )

    def reads_caption(self, speaker: str, words: str, within_ms: int = JOIN_MS) -> None:
        """A line in the captions' log with the speaker's name and these words (a regular expression)."""
        log = self.page.get_by_role("log", name=re.compile("ondertitels|captions|الترجمة", re.I))
        expect(log).to_contain_text(re.compile(rf"{speaker}.*{words}", re.I | re.S), timeout=within_ms)


class Guest(Person):
    """Citizen, interpreter or relative, with a link."""

    def open_link(self, link: str) -> None:
        self.page.goto(link)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name)).first.click()

    def come_to_waiting_room(self, link: str, *, reads: bool = True, lends_voice: bool = True) -> None:
        self.open_link(link)
        self.press("Ik doe mee")
        self.press("Ja, ik lees mee" if reads else "Nee, liever niet")
        self.press("Ja, dat mag" if lends_voice else "Nee, dat wil ik niet")
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Test uw camera en geluid")
        self.press("Ga naar de wachtkamer")

    def waits(self) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text("U bent in de wachtkamer")

    def is_in_the_talk(self) -> None:
        """They are called, and come in by themselves."""
        self.page.wait_for_url("**/praten", timeout=JOIN_MS)
        expect(self.page.get_by_role("button", name="Stop het gesprek")).to_be_visible()

    def stop(self) -> None:
        self.press("Stop het gesprek")
        self.page.get_by_role("dialog").get_by_role("button", name="Stop het gesprek").click()

    def rate(self) -> None:
        self.page.wait_for_url("**/oordeel", timeout=JOIN_MS)
        for answer in ("Makkelijk", "Prettig"):
            self.page.get_by_role("radio", name=answer, exact=True).check()
            self.press("Ga verder")
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Bedankt en tot ziens")


class Employee(Person):
    def sign_in(self, desk_url: str, user: str, password: str) -> None:
        self.page.goto(desk_url)
        self.page.get_by_label("Gebruikersnaam").fill(user)
        self.page.get_by_label("Wachtwoord").fill(password)
        self.page.get_by_role("button", name="Log in").click()
        expect(self.page).to_have_url(re.compile(r"/desk/$"))

    def open_talk(self, url: str) -> None:
        self.page.goto(url)
        expect(self.page.get_by_role("button", name="Stop het gesprek")).to_be_visible()

    def lets_in(self, people: int) -> None:
        """Everybody who waits, one press each."""
        waiting = self.page.get_by_role("button", name=re.compile("^Laat .*binnen"))
        for _ in range(people):
            name = waiting.first.get_attribute("aria-label") or ""
            waiting.first.click()
            expect(self.page.get_by_role("button", name=name, exact=True)).to_be_hidden()

    def invites(self, button: str) -> str:
        """One more link, made on the page beside the talk."""
        beside = self.context.new_page()
        beside.goto(self.page.url.removesuffix("/praten"))
        beside.get_by_role("button", name=button).click()
        role = button.partition(": ")[2]
        link = beside.get_by_label(re.compile(f"^Link voor.*{role}", re.I)).last.input_value()
        beside.close()
        return link

    def chooses_captions(self, *, reads: bool, lends_voice: bool) -> None:
        self.press("Kies ondertitels")
        choices = self.page.get_by_role("dialog")
        for label, wanted in (("lezen", reads), ("stem", lends_voice)):
            group = choices.get_by_role("group", name=re.compile(label, re.I))
            group.get_by_role("radio", name="Ja" if wanted else "Nee").check(force=True)
        choices.get_by_role("button", name="Klaar").click()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()

    def ends_for_all(self) -> None:
        self.press("Stop het gesprek")
        self.page.get_by_role("dialog").get_by_role("button", name="Stop voor iedereen").click()
        expect(self.page).to_have_url(re.compile(r"/desk/$"))


def starts_talk(employee: Employee, desk: ServedDesk) -> str:
    """A new conversation; the employee sits in it. Gives the citizen's link."""
    demo = desk.demo
    employee.sign_in(demo["desk_url"], demo["employees"][0]["user"], demo["employees"][0]["password"])
    employee.press("Geboorte aangeven")
    link = employee.page.get_by_label(re.compile("^Link voor")).input_value()
    employee.page.get_by_role("link", name="Naar het gesprek").click()
    expect(employee.page.get_by_role("button", name="Stop het gesprek")).to_be_visible()
    return link


def meet(
    people: Callable[..., Any], desk: ServedDesk, beep: Path, lends_voice: bool = True, **guest: Any
) -> tuple[Employee, Guest]:
    """Both in one talk. guest: how the citizen's device differs."""
    employee: Employee = people(Employee, "Sanne", microphone=beep)
    link = starts_talk(employee, desk)
    citizen: Guest = people(Guest, "citizen", **{"microphone": beep, **guest})
    citizen.come_to_waiting_room(link, lends_voice=lends_voice)
    citizen.waits()
    employee.lets_in(1)
    citizen.is_in_the_talk()
    return employee, citizen
