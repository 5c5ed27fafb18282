"""Reading aloud in a real browser with a real voice: what a citizen hears, sees and can do meanwhile."""

import ctypes.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.speech.mouth import VoicePool
from tests.browser import chromium
from tests.read_aloud_page import CONTENT, READY, read_aloud_app, served

pytestmark = [
    pytest.mark.media,
    pytest.mark.browser,
    pytest.mark.skipif(not ctypes.util.find_library("espeak-ng"), reason="libespeak-ng is not installed"),
]

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

# Keeps what the page does: each word that lights up, each request for speech, and the audio element itself.
WATCH = """
window.shown = []; window.asked = []; window.players = [];
const set = CSS.highlights?.set.bind(CSS.highlights);
if (set) CSS.highlights.set = (name, one) => (shown.push([...one].map(String).join()), set(name, one));
const ask = window.fetch;
window.fetch = (address, options) => { asked.push(JSON.parse(options.body)); return ask(address, options); };
window.Audio = class extends Audio { constructor() { super(); players.push(this); } };
"""

FRAMES = """async (count) => {
  for (let n = 0; n < count; n += 1) await new Promise(requestAnimationFrame);
}"""

LOUDNESS = """async () => {
  const context = new AudioContext();
  const meter = context.createAnalyser();
  const source = context.createMediaElementSource(players[0]);
  source.connect(meter);
  meter.connect(context.destination);
  await context.resume();
  const samples = new Float32Array(meter.fftSize);
  let loudest = 0;
  for (let frame = 0; frame < 200 && loudest < 0.02; frame += 1) {
    await new Promise(requestAnimationFrame);
    meter.getFloatTimeDomainData(samples);
    loudest = Math.max(loudest, Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length));
  }
  return loudest;
}"""


@pytest.fixture(scope="module")
def voice() -> Iterator[VoicePool]:
    pool = VoicePool()
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium("--autoplay-policy=no-user-gesture-required") as browser:
        yield browser


@pytest.fixture(scope="module")
def address(voice: VoicePool) -> Iterator[str]:
    with served(read_aloud_app(voice)) as address:
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 390, "height": 780}, locale="nl-NL")
    context.set_default_timeout(30_000)
    context.add_init_script(WATCH)
    yield context
    context.close()


def open_page(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    page.wait_for_function(READY)
    return page


@pytest.fixture
def page(context: BrowserContext, address: str) -> Page:
    return open_page(context, address)


def button(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


SEEN = """(word) => {
  const place = shown.indexOf(word, window.reached ?? 0);
  if (place >= 0) window.reached = place;
  return place >= 0;
}"""


def wait_for_word(page: Page, word: str) -> None:
    """Until it has lit up, after the word that was waited for before; it may be over already."""
    page.wait_for_function(SEEN, arg=word)


def state(page: Page) -> str | None:
    return page.locator(".read-aloud").get_attribute("data-state")


def test_each_word_lights_up_in_order_and_each_language_has_its_voice(page: Page):
    button(page, "Lees voor").click()
    page.wait_for_function(
        "() => document.querySelector('.read-aloud').dataset.state === 'idle'", timeout=40_000
    )
    said = page.evaluate("shown")
    wanted = re.findall(
        r"\w+",
        "Praten met de gemeente. U praat straks met mevrouw De Vries. Dat gaat met beeld en geluid. "
        "You can also speak English. Uw naam. Ik wil ondertitels.",
    )
    rest = iter(wanted)
    assert all(word in rest for word in said), f"out of order: {said}"
    assert len(said) >= len(wanted) - 3, (
        "a very short word may fall between two frames of the screen, no more"
    )
    assert [(one["language"], one["text"]) for one in page.evaluate("asked")] == [
        ("nl", "Praten met de gemeente"),
        ("nl", "U praat straks met mevrouw De Vries."),
        ("nl", "Dat gaat met beeld en geluid."),
        ("en", "You can also speak English."),
        ("nl", "Uw naam"),
        ("nl", "Ik wil ondertitels"),
        ("nl", "Begin het gesprek"),
    ]
    assert page.evaluate("CSS.highlights.size") == 0


def test_what_plays_can_be_heard(page: Page):
    button(page, "Lees voor").click()
    assert page.evaluate(LOUDNESS) > 0.02


def test_pause_holds_the_word_and_resume_goes_on(page: Page):
    button(page, "Lees voor").click()
    wait_for_word(page, "praat")
    button(page, "Pauze").click()
    assert state(page) == "paused"
    moment = page.evaluate("players[0].currentTime")
    expect(button(page, "Lees verder")).to_be_focused()
    page.evaluate(FRAMES, 30)
    assert page.evaluate("players[0].currentTime") == moment
    button(page, "Lees verder").click()
    wait_for_word(page, "mevrouw")
    expect(button(page, "Pauze")).to_be_visible()


def test_stop_ends_it_and_gives_the_focus_back(page: Page):
    button(page, "Lees voor").click()
    wait_for_word(page, "gemeente")
    button(page, "Stop").click()
    assert state(page) == "idle"
    assert page.evaluate("players[0].paused && CSS.highlights.size === 0")
    expect(button(page, "Lees voor")).to_be_focused()
    expect(button(page, "Stop")).to_be_hidden()


def test_slower_goes_on_at_the_same_word_and_is_remembered(page: Page):
    button(page, "Lees voor").click()
    wait_for_word(page, "mevrouw")
    button(page, "Langzamer").click()
    expect(page.locator("output")).to_have_text("Snelheid 2 van 5")
    wait_for_word(page, "Vries")
    assert "U" not in page.evaluate("shown.slice(shown.indexOf('mevrouw'))")
    slower = {"text": "U praat straks met mevrouw De Vries.", "language": "nl", "rate": 0.8, "format": "wav"}
    assert slower in page.evaluate("asked")
    button(page, "Langzamer").click()
    expect(button(page, "Langzamer")).to_have_attribute("aria-disabled", "true")
    button(page, "Langzamer").press("Enter")
    page.reload()
    page.wait_for_function(READY)
    button(page, "Lees voor").click()
    wait_for_word(page, "gemeente")
    assert page.evaluate("asked[0].rate") == 0.6


def test_speed_may_change_while_it_is_paused(page: Page):
    button(page, "Lees voor").click()
    wait_for_word(page, "praat")
    button(page, "Pauze").click()
    button(page, "Sneller").click()
    page.wait_for_function("() => asked.some((one) => one.rate === 1.2)")
    assert page.evaluate("players[0].paused")
    button(page, "Lees verder").click()
    wait_for_word(page, "straks")


def test_keys_are_enough(page: Page):
    for _ in range(3):  # past the link to the content and the name of the town
        page.keyboard.press("Tab")
    expect(button(page, "Lees voor")).to_be_focused()
    page.keyboard.press("Enter")
    wait_for_word(page, "gemeente")
    expect(button(page, "Lees opnieuw voor")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert state(page) == "paused"
    page.keyboard.press("Escape")
    assert state(page) == "idle"
    expect(button(page, "Lees voor")).to_be_focused()


def test_a_new_press_begins_again_with_one_voice(page: Page):
    button(page, "Lees voor").click()
    wait_for_word(page, "praat")
    button(page, "Lees opnieuw voor").click()
    wait_for_word(page, "Praten")
    assert page.evaluate("players.length") == 1


def test_on_a_slow_line_the_sound_comes_as_opus_and_the_words_light_up_all_the_same(page: Page):
    page.evaluate("document.querySelector('.read-aloud').component.slowLine = true")
    button(page, "Lees voor").click()
    wait_for_word(page, "mevrouw")
    assert page.evaluate("asked.map((one) => one.format)")[0] == "opus"


def test_other_parts_can_let_it_speak_and_it_never_talks_over_itself(page: Page):
    button(page, "Lees voor").click()
    wait_for_word(page, "praat")
    before = page.evaluate("shown.length")
    page.evaluate("document.querySelector('.read-aloud').component.speakText('العربية', 'ar')")
    assert page.evaluate("shown.length") == before
    assert page.evaluate("asked.at(-1)") == {"text": "العربية", "language": "ar", "rate": 1, "format": "wav"}
    assert page.evaluate("players.length === 1 && CSS.highlights.size === 0")


def test_without_the_highlight_api_the_word_is_marked_and_the_page_stays_whole(
    context: BrowserContext, address: str
):
    context.add_init_script("delete CSS.highlights; Object.defineProperty(CSS, 'x', {});")
    context.add_init_script("Object.setPrototypeOf(CSS, {}); ")
    page = open_page(context, address)
    assert not page.evaluate("'highlights' in CSS")
    before = page.inner_html("main")
    button(page, "Lees voor").click()
    expect(page.locator("main p mark.read-aloud__word")).to_have_text(
        re.compile("praat|straks|mevrouw|Vries")
    )
    assert page.locator("mark").count() == 1
    button(page, "Stop").click()
    assert page.inner_html("main") == before
    assert page.evaluate("document.querySelector('main p').childNodes.length") == 3


def test_a_long_page_follows_the_word(context: BrowserContext, voice: VoicePool):
    context_content = "<h1>Begin</h1>" + '<div style="height:3000px"></div>' + "<p>Ver naar beneden.</p>"
    with served(
        read_aloud_app(voice, context_content.replace(' style="height:3000px"', ' id="gap"'))
    ) as address:
        page = context.new_page()
        page.emulate_media(reduced_motion="reduce")
        page.goto(address)
        page.wait_for_function(READY)
        page.evaluate("document.querySelector('#gap').style.height = '3000px'")
        button(page, "Lees voor").click()
        wait_for_word(page, "beneden")
        assert page.evaluate("scrollY") > 2_000
        place = page.evaluate("document.querySelector('main p').getBoundingClientRect().bottom")
        assert place < page.evaluate("document.querySelector('.read-aloud__bar').getBoundingClientRect().top")


def test_a_language_without_a_voice_is_told_and_other_sentences_are_read(
    context: BrowserContext, voice: VoicePool
):
    with served(read_aloud_app(voice, '<p lang="so">Subax wanaagsan</p><p>Goedemorgen.</p>')) as address:
        page = open_page(context, address)
        button(page, "Lees voor").click()
        wait_for_word(page, "Goedemorgen")
    with served(read_aloud_app(voice, '<p lang="so">Subax wanaagsan</p>')) as address:
        page = open_page(context, address)
        button(page, "Lees voor").click()
        expect(page.locator("p[role=status]")).to_have_text("Wij kunnen deze taal niet voorlezen.")
        assert state(page) == "idle"


@pytest.mark.parametrize("trouble", ["speech process", "network"])
def test_when_it_cannot_speak_it_says_so_and_can_be_tried_again(
    context: BrowserContext, voice: VoicePool, trouble: str
):
    gone = VoicePool(1)
    with served(read_aloud_app(gone)) as address:
        page = open_page(context, address)
        gone.close()
        if trouble == "network":
            context.set_offline(True)
        button(page, "Lees voor").click()
        expect(page.locator("p[role=status]")).to_have_text(
            "Voorlezen lukt nu niet. Probeer het later nog eens."
        )
        assert state(page) == "idle"
        expect(button(page, "Lees voor")).to_be_focused()


def test_without_javascript_a_player_speaks(browser: Browser, address: str):
    context = browser.new_context(java_script_enabled=False, locale="nl-NL")
    page = context.new_page()
    page.goto(address)
    expect(button(page, "Lees voor")).to_be_hidden()
    player = page.get_by_label("Luister naar deze pagina")
    expect(player).to_be_visible()
    assert player.get_attribute("controls") is not None
    source = player.get_attribute("src")
    context.close()

    # The same player, begun as a reader's finger would begin it.
    context = browser.new_context(locale="nl-NL")
    page = context.new_page()
    page.goto(address)
    page.evaluate(
        """async (source) => {
          window.players = [Object.assign(document.createElement("audio"), { src: source })];
          await players[0].play();
        }""",
        source,
    )
    heard = page.evaluate(LOUDNESS), page.evaluate("players[0].duration")
    context.close()
    assert heard[0] > 0.02
    assert 8 < heard[1] < 30


@pytest.mark.parametrize("language", ["nl", "ar"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_every_target_is_large(
    browser: Browser, address: str, language: str, width: int
):
    if not AXE.exists():
        pytest.skip("axe-core is not installed")
    context = browser.new_context(viewport={"width": width, "height": 700}, locale=language)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(address)
    page.wait_for_function(READY)
    tags = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    for active in (False, True):
        if active:
            page.locator("[data-does=start]").click()
            page.wait_for_function("() => shown.length > 2")
            page.locator("[data-does=pause]").click()
        page.evaluate(AXE.read_text())
        found = page.evaluate("tags => axe.run('.read-aloud', { runOnly: tags })", tags)
        assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
        for one in page.locator(".read-aloud button:visible").all():
            box = one.bounding_box()
            assert box
            assert box["width"] >= 48
            assert box["height"] >= 48
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
    context.close()


def test_the_content_of_fields_is_never_sent(page: Page):
    assert "Geheim" in CONTENT
    button(page, "Lees voor").click()
    page.wait_for_function("() => asked.some((one) => one.text === 'Ik wil ondertitels')", timeout=40_000)
    assert not any("Geheim" in one["text"] or "verborgen" in one["text"] for one in page.evaluate("asked"))
