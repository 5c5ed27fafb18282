"""Everyone reads and hears the talk in their own language: real browsers, real ears, real translation, a real voice.

The models come from `wijkbalie models install firefox-en-pt firefox-pt-en`; the fixture nl → en is the project's own.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from app.domain.translation import Pair
from app.speech.client import SpeechClient
from app.speech.models import installed
from tests.browser import assert_axe
from tests.desk import ServedDesk
from tests.journeys.hearing import hears_a_translation, hears_the_others_again, listens
from tests.journeys.people import Employee, Guest, Person, meet, starts_talk
from tests.journeys.sound import microphone_file
from tests.waiting import until

pytestmark = [pytest.mark.media, pytest.mark.browser, pytest.mark.timeout(300)]

PORTUGUESE = "Preciso de um passaporte novo para a minha filha."


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[ServedDesk]:
    """Test models are let in: a page must say what they are."""
    data = tmp_path_factory.mktemp("translating-desk")
    (data / "models").symlink_to(models_dir, target_is_directory=True)
    desk = ServedDesk(data, ALLOW_FIXTURES="1")
    desk.start()
    yield desk
    assert desk.stop() == 0, f"the desk did not stop cleanly:\n{desk.log()}"
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="module")
def pairs(desk: ServedDesk, models_dir: Path) -> frozenset[Pair]:
    """What can be translated once every installed model is loaded, some seconds after the start."""
    client = SpeechClient(desk.data_dir / "run" / "speech.sock")
    expected = {pair for model in installed(models_dir) for pair in model.pairs}
    until(
        lambda: expected <= {(pair.source, pair.target) for pair in client.translator.pairs()},
        f"installed, but not loaded: {expected}",
    )
    return client.translator.pairs()


def needs(pairs: frozenset[Pair], *directions: tuple[str, str], fixture: bool = False) -> None:
    there = {(pair.source, pair.target) for pair in pairs if pair.fixture == fixture}
    missing = [f"{source} → {target}" for source, target in directions if (source, target) not in there]
    if missing:
        kind = "test model" if fixture else "model"
        pytest.skip(f"no {kind} translates {', '.join(missing)} (wijkbalie models install)")


def chooses(person: Employee | Guest, *, speaks: str, reads: str, aloud: bool = False) -> None:
    """In the dialog of captions, by its words."""
    person.press("Kies ondertitels")
    dialog = person.page.get_by_role("dialog")
    dialog.get_by_label("Welke taal spreekt u?").select_option(speaks)
    dialog.get_by_label("In welke taal wilt u lezen?").select_option(reads)
    if aloud:
        dialog.get_by_role("group", name="Lees vertaling voor").get_by_role("radio", name="Ja").check()
    dialog.get_by_role("button", name="Klaar").click()
    expect(dialog).to_be_hidden()


def types(person: Person, text: str) -> None:
    person.page.get_by_label("Typ mee").fill(text)
    person.page.keyboard.press("Enter")


def line_of(person: Person, words: str) -> Locator:
    """The line in the captions that holds these words."""
    return person.page.get_by_role("log").locator(".caption").filter(has_text=words).first


def said(line: Locator) -> list[tuple[str, str]]:
    """Language and words, the large line first."""
    parts = line.locator(".caption__translation, .caption__text")
    return [(one.get_attribute("lang") or "", one.inner_text()) for one in parts.all()]


def test_english_and_portuguese_read_and_hear_each_other(
    desk: ServedDesk,
    pairs: frozenset[Pair],
    people: Callable[..., Any],
    beep: Path,
    recordings: Path,
    tmp_path: Path,
) -> None:
    needs(pairs, ("en", "pt"), ("pt", "en"))
    voice = microphone_file(recordings / "en" / "jfk.flac", tmp_path / "english.wav", silence_s=8)
    employee: Employee = people(Employee, "Sanne", microphone=beep)
    link = starts_talk(employee, desk)
    english: Guest = people(Guest, "english", microphone=voice)
    portuguese: Guest = people(Guest, "portuguese", microphone=beep)
    for guest, address in ((english, link), (portuguese, employee.invites("Nodig uit: Naaste"))):
        guest.come_to_waiting_room(address, lends_voice=guest is english)
        guest.waits()
    employee.lets_in(2)
    for guest in (english, portuguese):
        guest.is_in_the_talk()
        guest.hears(2)
    listens(portuguese.page)
    chooses(english, speaks="en", reads="en")
    chooses(portuguese, speaks="pt", reads="pt", aloud=True)

    # What the one says, the other reads: heard by Whisper, translated by Firefox Translations.
    spoken = portuguese.page.locator(".caption--translated").filter(has_text="country").first
    expect(spoken).to_be_visible(timeout=90_000)
    (large, translated), (small, original) = said(spoken)
    assert (large, small) == ("pt", "en")
    assert "país" in translated.lower(), translated
    assert "country" in original.lower(), original
    expect(spoken.get_by_text("automatisch vertaald")).to_be_visible()
    assert_axe(portuguese.page)

    # ... and hears, over the softened voices of the others.
    hears_a_translation(portuguese.page)

    # What the other types, the one reads.
    types(portuguese, PORTUGUESE)
    answer = line_of(english, PORTUGUESE)
    expect(answer).to_contain_text("passport", timeout=60_000)
    expect(answer).to_contain_text("daughter")
    assert said(answer)[0][0] == "en"

    # When nobody speaks any more, the others are as loud as before.
    english.press("Zet microfoon uit")
    hears_the_others_again(portuguese.page, within_ms=60_000)
    for person in (employee, english, portuguese):
        assert person.broken == []


def test_dutch_by_the_test_model_is_marked_as_a_test_and_never_as_an_ability(
    desk: ServedDesk, pairs: frozenset[Pair], people: Callable[..., Any], beep: Path
) -> None:
    needs(pairs, ("nl", "en"), fixture=True)
    employee, citizen = meet(people, desk, beep, lends_voice=False)
    citizen.press("Kies ondertitels")
    dialog = citizen.page.get_by_role("dialog")
    reading = dialog.get_by_label("In welke taal wilt u lezen?")
    expect(reading.locator("[data-call=reading-not-yet] option[value=en]")).to_have_count(1)
    reading.select_option("en")
    expect(dialog.locator("[data-call=untranslated]")).to_contain_text("Vertalen kan nog niet")
    dialog.get_by_role("button", name="Klaar").click()

    sentence = "Hebt u uw paspoort meegenomen naar het gesprek?"
    types(employee, sentence)
    line = line_of(citizen, sentence)
    expect(line.locator(".caption__how")).to_have_text("proef, geen echte vertaling", timeout=60_000)
    (large, translated), (_, original) = said(line)
    assert large == "en"
    assert translated
    assert original == sentence


def test_a_pair_without_a_model_is_told_plainly_and_once(
    desk: ServedDesk, pairs: frozenset[Pair], people: Callable[..., Any], beep: Path
) -> None:
    assert ("nl", "so") not in {(pair.source, pair.target) for pair in pairs}
    employee, citizen = meet(people, desk, beep, lends_voice=False)
    citizen.press("Kies ondertitels")
    dialog = citizen.page.get_by_role("dialog")
    dialog.get_by_label("In welke taal wilt u lezen?").select_option("so")
    dialog.get_by_role("button", name="Klaar").click()
    lines = ("Wij sturen de brief op maandag.", "Daarna bellen wij nog een keer.")
    for text in lines:
        types(employee, text)
        expect(line_of(citizen, text)).to_be_visible()
    told = citizen.page.get_by_text("Deze taal kunnen wij nog niet vertalen.")
    expect(told).to_have_count(1)
