"""From the press on "Lees voor" to the first sound that leaves the loudspeaker, in Chromium on this machine.

cold: a page just opened, with a text that was never spoken; no pointer or focus came before the press, so nothing is
prepared. other_reader: the same, but the text was spoken before for somebody else. reached: the button had the focus
for a moment, as it has before a real press. cached: a press on a page that spoke before. A tap in the sound's way
tells the first sample that is not silence.
"""

import logging
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from playwright.sync_api import Browser, sync_playwright

from app.speech.mouth import VoicePool
from tests.read_aloud_page import READY, read_aloud_app, served

RUNS = 12

TAP = """
registerProcessor("tap", class extends AudioWorkletProcessor {
  process([[samples]], [[out]]) {
    if (samples?.some((sample) => Math.abs(sample) > 0.002)) this.port.postMessage("sound");
    if (samples) out.set(samples);
    return true;
  }
});
"""

# The tap stands ready before the press: a page without it has nothing to set up there.
LISTEN = """async () => {
  const audio = window.players[0];
  const context = new AudioContext();
  await context.audioWorklet.addModule("/tap.js");
  const tap = new AudioWorkletNode(context, "tap");
  context.createMediaElementSource(audio).connect(tap).connect(context.destination);
  await context.resume();
  window.press = () => new Promise((resolve) => {
    const times = {};
    const note = (name) => {
      times[name] ??= performance.now() - began;
      if ("playing" in times && "sound" in times) resolve(times);
    };
    audio.addEventListener("playing", () => note("playing"), { once: true });
    tap.port.onmessage = () => note("sound");
    const began = performance.now();
    document.querySelector("[data-does=start]").click();
  });
}"""

KEEP = "window.players = []; window.Audio = class extends Audio { constructor() { super(); players.push(this); } };"


def read_aloud(_recordings: Path) -> Iterator[dict[str, Any]]:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    voice = VoicePool()
    try:
        yield from _synthesis(voice)
        app = read_aloud_app(
            voice, "<h1>Praten met de gemeente, nummer NUMBER</h1><p>Dat gaat met beeld.</p>"
        )
        _number_the_pages(app)
        with served(app) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium",
                args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
            )
            _press(
                browser, f"{address}/?number=0", 1
            )  # a browser's very first sound starts its audio service
            cold, other_reader, reached, cached = [], [], [], []
            for number in range(1, RUNS + 1):
                cold += _press(browser, f"{address}/?number={number}", 1)
                first, second = _press(browser, f"{address}/?number={number}", 2)
                other_reader.append(first)
                cached.append(second)
                reached += _press(browser, f"{address}/?number={number + RUNS}", 1, reach=True)
            browser.close()
    finally:
        voice.close()
    for name, times, bound in (
        ("cold", cold, 150),
        ("other_reader", other_reader, None),
        ("reached", reached, None),
        ("cached", cached, 50),
    ):
        for what, key in (("sound", "first_sound"), ("playing", "playing")):
            values = sorted(one[what] for one in times)
            yield {
                "name": f"read_aloud.{name}_{key}_ms",
                "value": round(statistics.median(values), 1),
                "unit": "ms",
                "worst": round(values[-1], 1),
                "runs": len(values),
                **({"bound": bound} if bound else {}),
            }


def _synthesis(voice: VoicePool) -> Iterator[dict[str, Any]]:
    """What the pool alone takes for 13 Dutch words, made anew and from the cache."""
    anew, kept = [], []
    for number in range(30):
        text = f"Goedemorgen, u praat straks met een medewerker van de gemeente over vraag {number}."
        for times in (anew, kept):
            began = time.perf_counter()
            voice.speak(text, "nl")
            times.append((time.perf_counter() - began) * 1000)
    for name, times in (("made", anew), ("kept", kept)):
        yield {
            "name": f"read_aloud.speech_{name}_ms",
            "value": round(statistics.median(times), 3),
            "unit": "ms",
            "runs": len(times),
        }


def _number_the_pages(app: Flask) -> None:
    """Each number is a text of its own, so that the first press on it finds nothing made before."""
    app.add_url_rule("/tap.js", view_func=lambda: Response(TAP, mimetype="text/javascript"))

    @app.after_request
    def number(answer: Response) -> Response:
        if answer.mimetype == "text/html":
            answer.set_data(answer.get_data().replace(b"NUMBER", request.args.get("number", "0").encode()))
        return answer


def _press(browser: Browser, address: str, times: int, reach: bool = False) -> list[dict[str, float]]:
    context = browser.new_context(locale="nl-NL")
    context.add_init_script(KEEP)
    page = context.new_page()
    page.goto(address)
    page.wait_for_function(READY)
    page.evaluate(LISTEN)
    found = []
    if reach:
        with page.expect_response("**/voorlezen"):
            page.locator("[data-does=start]").focus()
    for _ in range(times):
        found.append(page.evaluate("() => press()"))
        page.evaluate("() => document.querySelector('.read-aloud').component.stop()")
        # Silence again, so that the next first sound is the next press's.
        page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
    context.close()
    return found


BENCHMARKS = {"read_aloud": read_aloud}
