"""The board as a plain page: without a script, in every language, heard or plainly not."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from app.accessible_ui.phrase_board.routes import create_blueprint
from app.domain.phrases import LANGUAGES, load_phrases
from app.domain.words import OwnPhrase
from tests.browser import assert_axe, assert_big_targets, assert_no_horizontal_scroll, chromium_context
from tests.html_checks import CheckedClient
from tests.kit_desk import kit_app, served

SAMPLE = Path(__file__).parents[3] / "tests" / "sample_phrases"
OWN = [OwnPhrase(3, "citizen", "own", {"nl": "Ik kom voor de bus.", "en": "I come for the <bus>."})]
ABOUT = ["", "&over=alles", "&over=documents", "&over=own", "&over=taal"]


@pytest.fixture(scope="module")
def app() -> Flask:
    app = kit_app()
    board = load_phrases(SAMPLE).with_own(OWN)
    app.register_blueprint(create_blueprint(lambda: board, app.extensions["spoken"]))
    return app


@pytest.fixture
def client(app: Flask) -> CheckedClient:
    return CheckedClient(app.test_client())


@pytest.fixture(scope="module")
def desk(app: Flask) -> Iterator[str]:
    with served(app) as base_url:
        yield base_url


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_sound_in_every_language(client, language) -> None:
    for about in ABOUT:
        page = client.get(f"/zinnen?taal={language}{about}").text
        unchecked = "Niemand die deze taal spreekt, keek dit na." in page
        assert unchecked == (language != "nl" and about != "&over=taal"), about


def test_the_readers_language_is_large_and_dutch_stands_below(client) -> None:
    page = client.get("/zinnen?taal=ar").text
    assert re.search(r'phrase__text" lang="ar" dir="rtl">أنا لا أفهم\.<', page)
    assert re.search(r'phrase__other" lang="nl" dir="ltr">Ik begrijp het niet\.<', page)
    assert page.index("أنا لا أفهم.") < page.index("أريد التوقف."), "as quick.toml has them"
    assert "phrase__other" not in client.get("/zinnen?taal=nl").text


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("", "nl"),
        ("taal=ar-MA", "ar"),
        ("taal=AR", "ar"),
        ("taal=xx", "nl"),
        ("taal=%00", "nl"),
        ("taal=", "nl"),
    ],
)
def test_an_odd_language_gets_the_readers_own(client, asked, given) -> None:
    page = client.get(f"/zinnen?{asked}", headers={"Accept-Language": "nl"}).text
    assert re.search(rf'phrase__text" lang="{given}"', page)


def test_what_there_is_not_is_not_found(client) -> None:
    for path in ("?over=nothing", "?over=alles&deel=9", "?over=%00", "/geluid/nl/nothing", "/geluid/xx/want-to-stop",
                 "/geluid/nl/..%2f..%2freview", "/geluid/..%2fnl/want-to-stop"):  # fmt: skip
        assert client.get(f"/zinnen{path}").status_code == 404, path
    assert client.get("/zinnen?over=alles&deel=%C2%B2").status_code == 200
    assert client.get("/zinnen?wie=mayor").status_code == 400


def test_an_own_phrase_without_the_readers_language_stands_there_in_dutch(client) -> None:
    page = client.get("/zinnen?taal=so&over=own").text
    assert '<span class="phrase__text" lang="nl" dir="ltr">Ik kom voor de bus.</span>' in page
    assert "I come for the &lt;bus&gt;." in client.get("/zinnen?taal=en&over=own").text


def test_employee_and_citizen_have_their_own_sentences(client) -> None:
    asked = {who: client.get(f"/zinnen/fragment?taal=nl&wie={who}").text for who in ("citizen", "employee")}
    assert "Ik wil een tolk." in asked["citizen"]
    assert "Ik wil een tolk." not in asked["employee"]
    assert "Hebt u een tolk nodig?" in asked["employee"]
    assert "Snel zeggen" not in asked["employee"], "they begin with the subjects"


def test_the_fragment_has_both_languages_that_are_asked(client) -> None:
    fragment = client.get("/zinnen/fragment?taal=nl&andere=fa&wie=employee").text
    assert 'lang="fa" dir="rtl"' in fragment


def test_a_sentence_sounds_where_there_is_a_voice_and_plainly_not_elsewhere(client, app) -> None:
    answer = client.client.get("/zinnen/geluid/ar/not-understand")
    assert (answer.status_code, answer.mimetype, answer.data[:4]) == (200, "audio/wav", b"RIFF")
    assert answer.cache_control.max_age == 24 * 3600
    assert app.extensions["spoken"].asked[-1] == ("أنا لا أفهم.", "ar")
    assert client.get("/zinnen/geluid/nl/own-3").cache_control.no_store
    page = client.get("/zinnen?taal=so").text
    assert "Ma fahmayo." in page
    assert "phrase__player" not in page


def test_a_supplied_recording_sounds_instead(client, monkeypatch, tmp_path) -> None:
    (tmp_path / "so").mkdir()
    (tmp_path / "so" / "not-understand.opus").write_bytes(b"OggS recorded")
    monkeypatch.setattr("app.domain.phrases.recordings.find_recording.__defaults__", (tmp_path,))
    page = client.get("/zinnen?taal=so").text
    assert re.findall(r'phrase__player"[^>]* src="([^"]+)"', page) == ["/zinnen/geluid/so/not-understand"]
    answer = client.client.get("/zinnen/geluid/so/not-understand")
    assert (answer.mimetype, answer.data) == ("audio/ogg", b"OggS recorded")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("language", "width", "preferences"),
    [("ar", 320, "colour=dark"), ("nl", 1280, ""), ("so", 640, "colour=contrast&text_size=200&spacing=wide")],
)
def test_the_page_stands_without_a_script(browser: Browser, desk: str, language, width, preferences) -> None:
    for about in ABOUT:
        with chromium_context(
            browser, script="blocked", width=width, preferences=preferences, base_url=desk
        ) as context:
            page = context.new_page()
            page.goto(f"/zinnen?taal={language}{about}")
            assert_axe(page)
            assert_no_horizontal_scroll(page)
            assert_big_targets(page, "main")


@pytest.mark.browser
def test_one_finds_the_way_without_a_script(browser: Browser, desk: str) -> None:
    with chromium_context(browser, script=False, base_url=desk) as context:
        page = context.new_page()
        page.goto("/zinnen")
        page.get_by_role("link", name="Andere taal voor de zinnen").click()
        page.get_by_role("link", name="فارسی").click()
        expect(page.get_by_text("متوجه نمی\u200cشوم.")).to_be_visible()
        page.get_by_role("link", name="Andere zinnen").click()
        subject = page.get_by_role("main").get_by_role("listitem").get_by_role("link").nth(1)
        name = subject.inner_text()
        subject.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name.strip())
        page.get_by_role("link", name="Ander onderwerp").click()
        page.get_by_role("link", name="Ga terug").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Kies een zin")
