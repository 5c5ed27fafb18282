"""Translations as sound, in a real browser: one voice, one sentence behind at most, silent when switched off."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.browser import chromium, chromium_context
from tests.kit_desk import kit_app, served

pytestmark = pytest.mark.browser

SETUP = """async () => {
  const start = document.querySelector("script[type=module]").src;
  const { SpokenTranslation } = await import(start.replace("accessible_ui/start.js", "conversations/call/spoken.js"));
  const token = document.querySelector("meta[name=csrf-token]").content;
  window.playing = new Set();
  window.most = 0;
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    playing.add(this);
    most = Math.max(most, playing.size);
    for (const end of ["ended", "pause", "emptied"]) this.addEventListener(end, () => playing.delete(this));
    return play.call(this);
  };
  const kept = new Set();
  const make = URL.createObjectURL, drop = URL.revokeObjectURL;
  URL.createObjectURL = (blob) => { const address = make(blob); kept.add(address); return address; };
  URL.revokeObjectURL = (address) => { kept.delete(address); drop(address); };
  window.kept = kept;
  window.told = [];
  window.voice = new SpokenTranslation("/voorlezen", token);
  for (const name of ["speaking", "behind", "silent"]) {
    voice.addEventListener(name, ({ detail }) => told.push([name, detail]));
  }
  window.quiet = () => new Promise((done) => {
    voice.addEventListener("speaking", ({ detail }) => detail || done());
  });
}"""


@pytest.fixture(scope="module")
def kit() -> Flask:
    return kit_app()


@pytest.fixture
def page(kit: Flask) -> Iterator[Page]:
    kit.extensions["spoken"].asked.clear()
    with (
        served(kit) as url,
        chromium("--autoplay-policy=no-user-gesture-required") as browser,
        chromium_context(browser, base_url=url) as context,
    ):
        page = context.new_page()
        page.goto("/gallery/button")
        page.evaluate(SETUP)
        yield page


def test_one_after_another_and_the_older_waiting_one_is_left_out(page: Page, kit: Flask) -> None:
    page.evaluate(
        """async () => {
          voice.switchTo(true);
          const end = quiet();
          for (const text of ["one", "two", "three"]) voice.say(text, "en");
          await end;
        }"""
    )
    assert page.evaluate("told") == [
        ["speaking", False], ["behind", False],  # switched on
        ["behind", True], ["speaking", True], ["speaking", True], ["speaking", False], ["behind", False],
    ]  # fmt: skip
    assert sorted(kit.extensions["spoken"].asked) == [("one", "en"), ("three", "en"), ("two", "en")]
    assert page.evaluate("most") == 1, "two voices at once"
    page.wait_for_function("() => kept.size === 0")


def test_switched_off_it_is_silent_at_once_and_says_nothing_more(page: Page) -> None:
    page.evaluate(
        """async () => {
          voice.switchTo(true);
          const sounds = new Promise((done) => voice.addEventListener("speaking", ({ detail }) => detail && done()));
          voice.say("one", "en");
          voice.say("two", "en");
          await sounds;
          voice.switchTo(false);
          voice.say("three", "en");
        }"""
    )
    page.wait_for_function("() => playing.size === 0 && kept.size === 0")
    assert page.evaluate("told").count(["speaking", True]) == 1
    assert page.evaluate("told")[-2:] == [["speaking", False], ["behind", False]]
    # And on again: it works as before.
    page.evaluate(
        """async () => {
          voice.switchTo(true);
          const end = quiet();
          voice.say("four", "en");
          await end;
        }"""
    )
    assert page.evaluate("told").count(["speaking", True]) == 2


def test_a_sentence_that_cannot_be_spoken_is_told_and_the_next_one_is(page: Page) -> None:
    page.evaluate(
        """async () => {
          const ask = window.fetch;
          window.fetch = (to, how) => JSON.parse(how.body).text !== "one" ? ask(to, how)
            : Promise.resolve(Response.json({ text: "Dat kan niet." }, { status: 404 }));
          voice.switchTo(true);
          const end = quiet();
          voice.say("one", "so");
          voice.say("two", "en");
          await end;
        }"""
    )
    assert ["silent", "Dat kan niet."] in page.evaluate("told")
    assert page.evaluate("told").count(["speaking", True]) == 1
