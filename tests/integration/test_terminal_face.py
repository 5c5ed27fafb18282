"""Every page of the terminal's face in every language, as a browser without JavaScript gets it."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from app.domain.terminal_parts import CallBackRequest, JoiningView, NoLine
from app.kiosk.face.kept import KeptInformation
from app.kiosk.face.watch import LineWatch
from tests.html_checks import CheckedClient
from tests.terminal_face import PAGES, SUNDAY, TerminalFace, fill_in

LANGUAGES = ("nl", "en", "ar")
WORDS = {"nl": "Wat wilt u doen?", "en": "What do you want to do?", "ar": "ماذا تريد أن تفعل؟"}
ROUTES = {
    "GET /",
    "POST /begin",
    "GET /taal",
    "POST /taal",
    "GET /keuze",
    "POST /praten",
    "GET /bezet",
    "GET /afspraak",
    "POST /afspraak",
    "GET /informatie",
    "GET /informatie/<page_id>",
    "GET /terugbellen",
    "GET /terugbellen/<question_id>",
    "POST /terugbellen/<question_id>",
    "GET /terugbellen/overzicht",
    "POST /terugbellen/overzicht",
    "GET /terugbellen/klaar",
    "GET /vertaal",
    "GET /vertaal/taal/<any(ik,ander):who>",
    "POST /vertaal/taal/<any(ik,ander):who>",
    "GET /vertaal/zinnen",
    "GET /vertaal/zin/<phrase_id>",
    "GET /vertaal/schrijven",
    "POST /vertaal/schrijven",
    "GET /einde",
    "POST /einde",
    "POST /einde/bon",
    "POST /knop",
    "GET /stand",
    "GET /zelftest",
    "POST /hartslag",
    "GET /healthz",
    "GET /readyz",
    # of the kit
    "GET /assets/<content_hash>/<path:path>",
    "GET /voorkeuren",
    "POST /voorkeuren",
    "GET /gallery",
    "GET /gallery/<name>",
    "POST /voorlezen",
    "GET /voorlezen/<token>.wav",
    "GET /zinnen",
    "GET /zinnen/fragment",
    "GET /zinnen/geluid/<language>/<phrase_id>",
}
"""Whoever stands before the terminal may use each of them; nobody else reaches loopback."""


def texts(answer: TestResponse, kind: str) -> list[str]:
    """What stands on the choices or other parts of this class."""
    found = re.findall(rf'class="{kind}"[^>]*>(.*?)</', answer.text, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", each).strip() for each in found]


def choices(answer: TestResponse) -> list[str]:
    return texts(answer, "face-choice__text")


# --- Each page


def test_every_route_is_known(terminal: TerminalFace) -> None:
    real = {
        f"{method} {rule.rule}"
        for rule in terminal.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    # What lies below /host is a host's: tests/terminal/test_staff_mode.py tries each of those.
    assert {rule for rule in real if "/host" not in rule} == ROUTES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_whole_and_has_its_bar(terminal: TerminalFace, language: str) -> None:
    client = terminal.client(language)
    fill_in(client)
    client.submit(
        "/vertaal/taal/ander", {"tongue": "en" if language == "nl" else "nl"}, page="/vertaal/taal/ander"
    )
    assert WORDS[language] in client.get("/keuze").text
    for path in (*PAGES, "/terugbellen/overzicht", "/nergens"):
        page = client.get(path)
        assert page.status_code == (404 if path == "/nergens" else 200), path
        assert f'<html lang="{language}"' in page.text, path
        assert len(page.text.split("face-choice__text")) <= 6, f"{path}: more than five choices"
        for key in ("louder", "softer", "larger", "smaller", "contrast"):
            assert f'value="{key}"' in page.text, f"{path} lacks {key}"
        assert 'href="/einde?terug=' in page.text, f"{path} has no way out"
        assert "<!--listen-->" not in page.text, "players for who has no script"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_state_has_a_whole_page(terminal: TerminalFace, language: str) -> None:
    browser = terminal.nobody()
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    states = [
        ("joining", JoiningView(False, code="ACDE3467"), "ACDE"),
        ("joining", JoiningView(False, problem="no_line"), "face-note"),
        ("joining", JoiningView(False, problem="revoked"), "face-note"),
        ("joining", JoiningView(False, problem="busy"), "face-note"),
    ]
    for _name, view, shown in states:
        terminal.joining.view = view
        terminal.look()
        assert shown in browser.get("/").text
        assert browser.get("/keuze").location == "/", "nothing else is there"
        assert browser.get("/healthz").status_code == 200
    terminal.joining.view = JoiningView(True)
    terminal.look()
    terminal.agent.told["off_today"] = True
    assert "14 099" in browser.get("/").text
    assert browser.get("/keuze").location == "/"


def test_who_was_turned_away_by_the_municipality_sees_it(terminal: TerminalFace) -> None:
    terminal.line.refusal = "revoked"
    terminal.look()
    assert "De gemeente zette deze zuil uit." in terminal.nobody().get("/").text
    terminal.line.refusal = ""
    terminal.look()
    assert "Welkom" in terminal.nobody().get("/").text


def test_without_a_script_all_languages_stand_on_the_first_screen(terminal: TerminalFace) -> None:
    page = terminal.nobody().get("/")
    for welcome, name in (("Welkom", "Nederlands"), ("Welcome", "English"), ("أهلًا وسهلًا", "العربية")):
        assert welcome in page.text
        assert name in page.text
    terminal.profile(languages=("ar", "nl"))
    page = terminal.nobody().get("/")
    assert page.text.index("العربية") < page.text.index("Nederlands"), "the order that the municipality chose"
    assert "English" not in page.text


# --- What works, and what does not


def test_only_what_works_is_offered(terminal: TerminalFace, client: CheckedClient) -> None:
    everything = [
        "Praat met een medewerker",
        "Ik heb een afspraak",
        "Bel mij terug",
        "Lees of luister",
        "Praten in een andere taal",
    ]
    assert choices(client.get("/keuze")) == everything
    terminal.line_falls()
    down = client.get("/keuze")
    assert choices(down) == everything[2:]
    assert "Er is nu geen verbinding." in down.text
    assert "Geen verbinding" in down.text
    terminal.outbox.here = False
    assert choices(client.get("/keuze")) == everything[3:]
    terminal.line.up = terminal.outbox.here = True
    terminal.look()
    terminal.now = SUNDAY
    closed = client.get("/keuze")
    assert choices(closed) == everything[1:], "who has an appointment is expected"
    assert "Er is nu geen medewerker." in closed.text
    terminal.now = SUNDAY.replace(hour=20) + timedelta(days=1)
    assert "Vandaag praten wij van 9:00 tot 17:00 uur." in client.get("/keuze").text


def test_the_line_falls_at_each_step(terminal: TerminalFace) -> None:
    """With the page already open: the answer is a page that says what works, never an error."""
    for page, post, data in (
        ("/keuze", "/praten", {}),
        ("/afspraak", "/afspraak", {"code": "123456"}),
    ):
        terminal.line.up = True
        terminal.look()
        client = terminal.client()
        client.get(page)
        terminal.line.up = False  # nobody noticed yet
        told = client.submit(post, data, page=page)
        assert told.location == "/keuze"
        assert "Er is nu geen verbinding." in client.get("/keuze").text
        assert client.get("/afspraak").location == "/keuze"
    for page in PAGES:
        if page != "/afspraak":
            assert client.get(page).status_code in (200, 303), page
    fill_in(client)
    sent = client.submit("/terugbellen/overzicht", page="/terugbellen/overzicht")
    assert sent.location == "/terugbellen/klaar"
    assert "Wij bewaren uw vraag veilig." in client.get("/terugbellen/klaar").text
    assert len(terminal.outbox.kept) == 1


def test_the_municipality_says_no(terminal: TerminalFace, client: CheckedClient) -> None:
    terminal.line.refusal = "too_many"
    assert client.submit("/praten", page="/keuze").location == "/bezet"
    assert choices(client.get("/bezet")) == ["Bel mij terug", "Lees of luister"]
    told = client.submit("/afspraak", {"code": "123456"}, page="/afspraak")
    assert told.status_code == 422
    assert "Wacht 15 minuten." in told.text


# --- The ways in


@pytest.mark.parametrize("language", LANGUAGES)
def test_talking_begins_at_the_municipality(terminal: TerminalFace, language: str) -> None:
    client = terminal.client(language)
    assert client.submit("/praten", page="/keuze").location == terminal.line.entry
    assert ("walk_in", language) in terminal.line.asked
    policy = client.get("/keuze").headers["Content-Security-Policy"]
    assert f"form-action 'self' {terminal.settings.server_url};" in policy, (
        "a form may lead there, and nowhere else"
    )


@pytest.mark.parametrize("typed", ["123456", " 123 456 ", "123-456", "١٢٣٤٥٦"])
def test_a_code_opens_the_talk(terminal: TerminalFace, client: CheckedClient, typed: str) -> None:
    told = client.submit("/afspraak", {"code": typed}, page="/afspraak")
    assert told.location == terminal.line.entry
    assert ("short_code", "123456", "nl") in terminal.line.asked


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "½½½½½½", "1" * 500])
def test_what_is_no_code_asks_nothing_of_the_municipality(
    terminal: TerminalFace, client: CheckedClient, typed: str
) -> None:
    told = client.submit("/afspraak", {"code": typed}, page="/afspraak")
    assert told.status_code == 422
    assert "De code heeft 6 cijfers." in told.text
    assert not [asked for asked in terminal.line.asked if asked[0] == "short_code"]


def test_a_wrong_code_is_told_and_can_be_mended(client: CheckedClient) -> None:
    told = client.submit("/afspraak", {"code": "654321"}, page="/afspraak")
    assert told.status_code == 422
    assert 'value="654321"' in told.text
    assert 'aria-invalid="true"' in told.text


# --- Call me back


def test_a_request_is_handed_over_as_it_was_given(terminal: TerminalFace) -> None:
    client = terminal.client("ar")
    assert fill_in(client, telefoon="٠٦١٢٣٤٥٦٧٨").location == "/terugbellen/overzicht"
    overview = client.get("/terugbellen/overzicht").text
    assert "De Vries" in overview
    assert "المال والمساعدة" in overview
    client.submit("/terugbellen/overzicht", page="/terugbellen/overzicht")
    ((request_id, request),) = terminal.outbox.kept.items()
    assert UUID(request_id)
    assert request == CallBackRequest("De Vries", "0612345678", "ar", "Geld en hulp", "In de ochtend")
    assert "De Vries" not in client.get("/terugbellen/klaar").text
    assert client.get("/terugbellen/overzicht").location == "/terugbellen/onderwerp", "it can be sent once"


def test_a_finger_that_presses_twice_asks_once(terminal: TerminalFace, client: CheckedClient) -> None:
    fill_in(client)
    page = client.get("/terugbellen/overzicht").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    for _ in range(2):
        told = client.post("/terugbellen/overzicht", {"csrf_token": token[1]})
        assert told.location == "/terugbellen/klaar"
    assert len(terminal.outbox.kept) == 1


def test_what_cannot_be_kept_is_said_and_nothing_is_lost(
    terminal: TerminalFace, client: CheckedClient
) -> None:
    fill_in(client)
    terminal.outbox.works = False
    told = client.submit("/terugbellen/overzicht", page="/terugbellen/overzicht")
    assert told.status_code == 503
    assert "14 099" in told.text
    assert "De Vries" in told.text
    terminal.outbox.works = True
    client.submit("/terugbellen/overzicht", page="/terugbellen/overzicht")
    assert len(terminal.outbox.kept) == 1


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("onderwerp", ""),
        ("onderwerp", "iets"),
        ("naam", " "),
        ("naam", "12"),
        ("naam", "a" * 90),
        ("telefoon", ""),
        ("telefoon", "bel maar"),
        ("telefoon", "12345"),
        ("telefoon", "1612345678"),
        ("telefoon", "+3161"),
        ("telefoon", "0612345678900"),
        ("wanneer", "nooit"),
    ],
)
def test_what_is_no_answer_is_asked_again(client: CheckedClient, question: str, answer: str) -> None:
    page = f"/terugbellen/{question}"
    told = client.submit(page, {"answer": answer}, page=page)
    assert told.status_code == 422
    assert "field-error" in told.text
    assert client.get("/terugbellen/overzicht").status_code == 303


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("06-12 34 56 78", "0612345678"),
        ("+31 6 12345678", "+31612345678"),
        ("0031612345678", "+31612345678"),
        ("(020) 123 45 67", "0201234567"),
    ],
)
def test_numbers_as_people_write_them(
    terminal: TerminalFace, client: CheckedClient, typed: str, kept: str
) -> None:
    fill_in(client, telefoon=typed)
    client.submit("/terugbellen/overzicht", page="/terugbellen/overzicht")
    (request,) = terminal.outbox.kept.values()
    assert request.phone == kept


def test_going_back_keeps_the_answers(client: CheckedClient) -> None:
    fill_in(client)
    assert 'value="De Vries"' in client.get("/terugbellen/naam").text
    assert client.submit(
        "/terugbellen/naam", {"answer": "Jansen"}, page="/terugbellen/naam"
    ).location.endswith("/overzicht")
    assert "Jansen" in client.get("/terugbellen/overzicht").text


# --- Two languages


def test_sentences_go_both_ways(client: CheckedClient) -> None:
    assert client.get("/vertaal").location == "/vertaal/taal/ander", "nobody knows yet which language"
    client.submit("/vertaal/taal/ander", {"tongue": "tr"}, page="/vertaal/taal/ander")
    assert "Türkçe" in client.get("/vertaal").text
    mine = client.get("/vertaal/zin/not-understand").text
    assert 'lang="tr"' in mine
    assert mine.index('lang="tr"') < mine.index("Ik begrijp het niet."), "first what the other reads"
    theirs = client.get("/vertaal/zinnen?wie=ander&over=alles")
    assert 'lang="tr"' in theirs.text
    assert "/zinnen/geluid/tr/not-understand" not in mine, "no voice speaks Turkish here"
    assert "/zinnen/geluid/nl/not-understand" in mine


def test_a_sentence_of_ones_own(client: CheckedClient) -> None:
    client.submit("/vertaal/taal/ander", {"tongue": "en"}, page="/vertaal/taal/ander")
    assert "Ik schrijf zelf een zin" in client.get("/vertaal").text
    write = "/vertaal/schrijven"
    made = client.submit(write, {"text": "een twee drie"}, page=write)
    assert "drie twee een" in made.text
    assert "De computer vertaalde dit." in made.text
    written = client.submit(write, {"text": "Ik begrijp het niet."}, page=write)
    assert (
        "I do not understand" in written.text
        or "I don’t understand" in written.text
        or "understand" in written.text
    )
    assert "De computer vertaalde dit." not in written.text, "people wrote it"
    for text, why in (("", "Schrijf eerst een zin."), ("a" * 400, "te lang"), ("ik ben het kwijt", "korter")):
        told = client.submit(write, {"text": text}, page=write)
        assert told.status_code == 422
        assert why in told.text
    client.submit("/vertaal/taal/ander", {"tongue": "so"}, page="/vertaal/taal/ander")
    assert "Ik schrijf zelf een zin" not in client.get("/vertaal").text, "no dead button"


# --- Information


@pytest.mark.parametrize("language", LANGUAGES)
def test_information_is_the_municipalitys_own(terminal: TerminalFace, language: str) -> None:
    client = terminal.client(language)
    hours = terminal.line.town.opening_hours[language]
    assert hours in client.get("/informatie/openingstijden").text
    assert "Marktplein 1" in client.get("/informatie/openingstijden?deel=2").text
    assert client.get("/informatie/openingstijden?deel=3").status_code == 404
    assert client.get("/informatie/nergens").status_code == 404


def test_pages_are_fetched_now_and_then_settings_each_time(terminal: TerminalFace) -> None:
    terminal.line.asked.clear()
    for _ in range(3):
        terminal.look()
    assert [asked[0] for asked in terminal.line.asked] == ["profile"] * 3
    clock, taken = iter([0.0, 0.0, 700.0, 700.0]).__next__, list[str]()
    later = LineWatch(terminal.line, terminal.joining, terminal.face.kept, clock, take_host_code=taken.append)
    later.look()
    assert not taken, "the municipality made no code"
    terminal.line.host_code_now = "a hash"
    later.look()
    assert taken == ["a hash"]
    asked = [asked[0] for asked in terminal.line.asked[3:]]
    assert asked == ["profile", "information", "host_code_hash"] * 2


def test_a_code_for_the_host_that_is_none_does_not_take_the_line_down(
    terminal: TerminalFace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def odd() -> None:
        raise NoLine

    monkeypatch.setattr(terminal.line, "host_code_hash", odd)
    assert LineWatch(terminal.line, terminal.joining, terminal.face.kept).look()


def test_information_stays_when_the_line_and_the_power_are_gone(
    terminal: TerminalFace, tmp_path: Path
) -> None:
    terminal.line_falls()
    again = KeptInformation(tmp_path / "municipality.json")
    assert again.information == terminal.face.kept.information
    assert again.profile == terminal.face.kept.profile
    assert again.municipality().name == "Waterstad"
    (tmp_path / "municipality.json").write_text('{"half')
    damaged = KeptInformation(tmp_path / "municipality.json")
    assert damaged.information.pages, "pages are delivered with the terminal"
