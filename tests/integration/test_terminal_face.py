"""Every page of the terminal's face in every language, as a browser without JavaScript gets it."""

import json
import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from app.domain.local_time import LOCAL
from app.domain.terminal_parts import AgentAway, Beacon, CallBackRequest, JoiningView
from app.kiosk.face.kept import KeptInformation
from app.kiosk.face.watch import LineWatch
from tests.html_checks import CheckedClient
from tests.terminal_face import SUNDAY, TerminalFace

LANGUAGES = ("nl", "en", "ar")
WORDS = {"nl": "Wat wilt u doen?", "en": "What do you want to do?", "ar": "ماذا تريد أن تفعل؟"}
PAGES = (
    "/taal",
    "/keuze",
    "/afspraak",
    "/bezet",
    "/informatie",
    "/informatie?deel=2",
    "/informatie/openingstijden",
    "/informatie/geld?deel=2",
    "/terugbellen/onderwerp",
    "/terugbellen/naam",
    "/terugbellen/telefoon",
    "/terugbellen/wanneer",
    "/vertaal",
    "/vertaal/taal/ik",
    "/vertaal/taal/ander",
    "/vertaal/zinnen",
    "/vertaal/zinnen?over=alles",
    "/vertaal/zinnen?over=documents",
    "/vertaal/zinnen?wie=ander",
    "/vertaal/zin/not-understand",
    "/vertaal/schrijven",
    "/einde",
)
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


@pytest.fixture
def terminal(tmp_path: Path) -> TerminalFace:
    return TerminalFace(tmp_path)


@pytest.fixture
def client(terminal: TerminalFace) -> CheckedClient:
    return terminal.client()


def fill_in(client: CheckedClient, **answers: str) -> TestResponse:
    """The four questions, each on its own page; where it comes out."""
    answers = {
        "onderwerp": "geld",
        "naam": "De Vries",
        "telefoon": "06 12 34 56 78",
        "wanneer": "ochtend",
        **answers,
    }
    for question, answer in answers.items():
        page = f"/terugbellen/{question}"
        told = client.submit(page, {"answer": answer}, page=page)
        assert told.status_code == 303, f"{question}: {told.text[:2000]}"
    return told


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
    later = LineWatch(
        terminal.line, terminal.joining, terminal.face.kept, iter([0.0, 0.0, 700.0, 700.0]).__next__
    )
    later.look()
    later.look()
    assert [asked[0] for asked in terminal.line.asked[3:]] == ["profile", "information"] * 2


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


# --- The bar


def test_each_key_does_one_thing(terminal: TerminalFace, client: CheckedClient) -> None:
    def press(key: str) -> dict[str, object]:
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/keuze").text)
        assert token
        told = client.post(
            "/knop", {"key": key, "csrf_token": token[1]}, headers={"Accept": "application/json"}
        )
        answer: dict[str, object] = told.json or {}
        return answer

    assert press("louder")["volume"] == 4
    assert terminal.agent.told["volume"] == 80
    assert [press("louder")["volume"] for _ in range(2)] == [5, 5]
    assert [press("softer")["volume"] for _ in range(5)] == [4, 3, 2, 1, 1], "never silent"
    assert press("larger")["textSize"] == "125"
    assert 'data-text-size="125"' in client.get("/keuze").text
    assert press("smaller")["textSize"] == "100"
    assert press("contrast")["colour"] == "contrast"
    assert 'aria-pressed="true"' in client.get("/keuze").text
    assert press("contrast")["colour"] == "auto"
    assert press("read")["reads"] is True
    assert 'data-reads="yes"' in client.get("/keuze").text
    assert press("hush")["reads"] is False
    back = client.submit("/knop", {"key": "larger", "next": "/informatie"}, page="/keuze")
    assert back.location == "/informatie", "without a script one comes back"
    assert (
        client.submit("/knop", {"key": "larger", "next": "//elders.example"}, page="/keuze").location == "/"
    )
    assert client.submit("/knop", {"key": "explode"}, page="/keuze").status_code == 400


def test_without_an_agent_there_is_no_dead_key(terminal: TerminalFace, client: CheckedClient) -> None:
    def away() -> dict[str, object]:
        raise AgentAway

    terminal.agent.state = away  # type: ignore[method-assign]
    page = client.get("/keuze")
    assert 'value="louder"' not in page.text
    assert 'value="larger"' in page.text


@pytest.mark.parametrize("path", ["/keuze", "/afspraak", "/stand"])
def test_a_request_asks_the_agent_once(
    terminal: TerminalFace, client: CheckedClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(terminal.agent, "state", lambda: asked.append(path) or terminal.agent.told)
    client.get(path)
    assert asked == [path]


def test_headphones_turn_reading_on_and_their_loss_is_silence(
    terminal: TerminalFace, client: CheckedClient
) -> None:
    def reads() -> bool:
        told = client.get("/stand").json
        assert told is not None
        return bool(told["reads"])

    assert not reads()
    assert 'face-line--ear" hidden' in client.get("/keuze").text
    terminal.agent.told["headphones"] = True
    assert reads()
    assert 'data-reads="yes"' in client.get("/keuze").text
    assert 'face-line--ear" hidden' not in client.get("/keuze").text, "the page shows it"
    client.submit("/knop", {"key": "hush"}, page="/keuze")
    assert not reads(), "who wants silence gets it"
    client.submit("/knop", {"key": "read"}, page="/keuze")
    assert reads()
    terminal.agent.told["headphones"] = False
    assert not reads(), "pulled out: nobody else hears it"
    client.submit("/knop", {"key": "read"}, page="/keuze")
    assert reads(), "somebody pressed"


# --- The end


def test_nothing_of_the_previous_person_is_left(terminal: TerminalFace) -> None:
    first = terminal.client("ar")
    fill_in(first)
    first.submit("/vertaal/taal/ander", {"tongue": "tr"}, page="/vertaal/taal/ander")
    for key in ("louder", "larger", "contrast", "read"):
        first.submit("/knop", {"key": key}, page="/keuze")
    before = first.get("/terugbellen/overzicht").text
    assert "De Vries" in before, "else this test proves nothing"
    assert 'data-text-size="125"' in before
    ended = first.submit("/einde", page="/einde")
    assert ended.location == "/"
    assert ended.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert terminal.agent.wipes == 1
    assert terminal.agent.told["volume"] == 80, (
        "the machine's volume is the agent's to reset, and ours at the start"
    )
    assert terminal.face.visits.find(None) is None
    for browser in (first, terminal.nobody()):  # without and with a new profile
        page = browser.get("/")
        assert page.status_code == 200
        assert '<html lang="nl"' in page.text
        assert 'data-text-size="100"' in page.text
        assert 'data-colour="auto"' in page.text
        browser.submit("/begin", {"language": "nl"}, page="/")
        assert terminal.agent.told["volume"] == 60
        assert 'data-reads="no"' in browser.get("/keuze").text
        assert browser.get("/terugbellen").location == "/terugbellen/onderwerp"
        assert "De Vries" not in browser.get("/terugbellen/naam").text
        assert browser.get("/vertaal").location == "/vertaal/taal/ander"
        assert browser.get("/terugbellen/klaar").location == "/keuze"
        browser.submit("/einde", page="/einde")
    assert terminal.agent.wipes == 3


def test_coming_home_ends_the_visit_too(terminal: TerminalFace, client: CheckedClient) -> None:
    fill_in(client)
    told = client.get("/")
    assert told.status_code == 303, "once more, without the cookies"
    assert terminal.agent.wipes == 1
    assert client.get("/").status_code == 200
    assert terminal.agent.wipes == 1, "and then it stands still"
    assert "De Vries" not in client.get("/terugbellen/naam").text


def test_an_old_session_opens_nothing_of_a_new_visit(terminal: TerminalFace) -> None:
    old = terminal.client()
    new = terminal.client()
    fill_in(new)
    assert "De Vries" not in old.get("/terugbellen/naam").text


def test_goodbye_can_be_taken_back(client: CheckedClient) -> None:
    fill_in(client)
    page = client.get("/einde?terug=/terugbellen/overzicht")
    assert 'href="/terugbellen/overzicht"' in page.text
    assert 'href="//elders.example"' not in client.get("/einde?terug=//elders.example").text
    assert "De Vries" in client.get("/terugbellen/overzicht").text


def test_a_receipt_without_a_name(terminal: TerminalFace, client: CheckedClient) -> None:
    assert "Geef mij een bon" not in client.get("/einde").text, "nothing was done yet"
    fill_in(client)
    client.submit("/terugbellen/overzicht", page="/terugbellen/overzicht")
    terminal.profile(printer=False)
    assert "Geef mij een bon" not in client.get("/einde").text
    terminal.profile(printer=True)
    assert "Geef mij een bon" in client.get("/einde").text
    terminal.printer.works = False
    told = client.submit("/einde/bon", page="/einde")
    assert "De printer doet het nu niet." in client.get(told.location).text
    terminal.printer.works = True
    client.submit("/einde/bon", page="/einde")
    (receipt,) = terminal.printer.printed
    assert receipt.title == "Gemeente Waterstad"
    assert receipt.lines[0] == "23-11-2026"
    assert "Geld en hulp" in receipt.lines[1]
    assert "De Vries" not in str(receipt)
    assert "0612345678" not in str(receipt)


# --- For machines


def test_the_beacon_reaches_the_agent(terminal: TerminalFace) -> None:
    client = terminal.nobody().client
    body = {"page": "face", "painted": True, "in_talk": False, "at_rest": True, "still_s": 3}
    told = client.post("/hartslag", json=body, headers={"Origin": "http://localhost"})
    assert told.status_code == 204
    assert terminal.agent.beacons == [Beacon("face", True, False, True, 3)]
    from_talk = client.post(
        "/hartslag",
        json={"page": "talk", "painted": True, "in_talk": True},
        headers={"Origin": terminal.settings.server_url},
    )
    assert from_talk.status_code == 204
    assert from_talk.headers["Access-Control-Allow-Origin"] == terminal.settings.server_url
    asked = client.options("/hartslag", headers={"Origin": terminal.settings.server_url})
    assert asked.headers["Access-Control-Allow-Private-Network"] == "true"
    assert terminal.agent.beacons[-1] == Beacon("talk", True, True)


@pytest.mark.parametrize("origin", ["", "null", "https://elders.example", "http://127.0.0.1:8001"])
def test_nobody_elses_beacon_counts(terminal: TerminalFace, origin: str) -> None:
    client = terminal.nobody().client
    told = client.post("/hartslag", json={"page": "face"}, headers={"Origin": origin})
    assert told.status_code == 403
    assert client.options("/hartslag", headers={"Origin": origin}).status_code == 403
    assert terminal.agent.beacons == []


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"page": "other"}, {"page": "face", "still_s": -1}, {"page": "face", "still_s": "1"}],
)
def test_a_beacon_must_be_one(terminal: TerminalFace, body: object) -> None:
    told = terminal.nobody().client.post("/hartslag", json=body, headers={"Origin": "http://localhost"})
    assert told.status_code == 400
    assert terminal.agent.beacons == []


def test_the_state_tells_parts_and_nobody(terminal: TerminalFace, client: CheckedClient) -> None:
    fill_in(client)
    told = client.get("/stand")
    assert told.json == {
        "key": told.json["key"],
        "enrolled": True,
        "line": True,
        "open": True,
        "off_today": False,
        "headphones": False,
        "reads": False,
        "self_test": False,
        "speech": True,
    }
    assert "De Vries" not in told.text
    before = told.json["key"]
    terminal.line_falls()
    assert client.get("/stand").json["key"] != before


def test_each_morning_the_screen_tests_itself_while_nobody_is_there(terminal: TerminalFace) -> None:
    screen = terminal.nobody()
    assert screen.get("/zelftest").location == "/", "it was done today"
    terminal.now += timedelta(days=1)
    assert screen.get("/stand").json["self_test"]
    terminal.line.refusal = "no_echo"
    assert screen.get("/zelftest").location == "/"
    assert not screen.get("/stand").json["self_test"], "not again at once"
    terminal.line.refusal = ""
    terminal.now += timedelta(minutes=16)
    visitor = terminal.client()
    assert visitor.get("/zelftest").location == "/", "somebody stands here"
    visitor.submit("/einde", page="/einde")
    assert screen.get("/zelftest").location == "http://127.0.0.1:9/terminal/zelftest/token"
    assert not screen.get("/stand").json["self_test"]


def test_no_self_test_without_a_line_or_while_it_is_closed(terminal: TerminalFace) -> None:
    terminal.now += timedelta(days=1)
    terminal.line_falls()
    assert terminal.nobody().get("/zelftest").location == "/"
    terminal.line.up, terminal.now = True, SUNDAY
    terminal.look()
    terminal.face.tested_at = None
    assert terminal.nobody().get("/zelftest").location == "/"


def test_another_name_of_this_machine_is_refused(terminal: TerminalFace) -> None:
    """DNS rebinding: a page of the internet makes its own name mean loopback."""
    told = terminal.nobody().client.get("/", headers={"Host": "elders.example"})
    assert told.status_code == 400


def test_forms_need_their_token(client: CheckedClient) -> None:
    for path in ("/begin", "/praten", "/afspraak", "/einde", "/einde/bon", "/knop", "/terugbellen/naam"):
        assert client.post(path).status_code == 400, path


def test_every_answer_keeps_the_rules(client: CheckedClient) -> None:
    answer = client.get("/keuze")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "HttpOnly" in str(client.get("/").headers)


def test_what_is_kept_is_not_of_a_person(
    terminal: TerminalFace, client: CheckedClient, tmp_path: Path
) -> None:
    fill_in(client)
    client.submit("/terugbellen/overzicht", page="/terugbellen/overzicht")
    for file in tmp_path.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert b"De Vries" not in content, file
            assert b"0612345678" not in content, file
    kept = json.loads((tmp_path / "municipality.json").read_text())
    assert kept.keys() == {"profile", "town", "pages"}
    assert terminal.now.tzinfo is LOCAL
