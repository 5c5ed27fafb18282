"""The routes, with a voice of one tone: what goes in, what comes out, what is refused, what is kept."""

import base64
import io
import math
import re
import wave
from collections.abc import Iterator
from itertools import pairwise

import html5lib
import pytest
from flask import Flask, render_template_string, request
from flask.testing import FlaskClient
from flask_babel import Babel

from app.accessible_ui.read_aloud.listening_links import (
    ListeningLinks,
    main_of,
    pieces_of,
    readable_passages,
)
from app.accessible_ui.read_aloud.opus_sound import opus_sound
from app.accessible_ui.read_aloud.routes import create_blueprint
from app.accessible_ui.read_aloud.small_sound import small_sound
from app.domain.speech import LanguageNotSupported, SpeechUnavailable, SpokenText, WordTiming

MAIN = """<main id="inhoud"><h1>Praten met <b>ons</b></h1><!-- een opmerking --><p>U ziet en hoort ons.</p>
<p hidden>verborgen</p><p aria-hidden="true">sier</p><p data-read-aloud="off">stil</p>
<p lang="en-GB">In <em>English</em></p><label>Naam <input name="name" value="Geheim"></label>
<input type="hidden" name="csrf_token" value="{token}"><img alt="Stadhuis" src="x">
<input type="submit" value="Verder"><select><option>Keuze</option></select><button>Terug</button></main>"""


def sound_of(values: list[int], rate_hz: int = 22_050) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setparams((1, 2, rate_hz, 0, "NONE", ""))
        sound.writeframes(b"".join(value.to_bytes(2, "little", signed=True) for value in values))
    return made.getvalue()


class Tones:
    """A voice whose sound grows with the text."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, float]] = []
        self.here = True

    def languages(self) -> frozenset[str]:
        return frozenset({"nl", "en", "ar"}) if self.here else frozenset()

    def speak(self, text: str, language: str, rate: float = 1.0) -> SpokenText:
        if len(text) > 5_000:
            raise ValueError
        if not self.here:
            raise SpeechUnavailable
        if language not in self.languages():
            raise LanguageNotSupported(language)
        self.asked.append((text, language, rate))
        words = [
            WordTiming(100 * n, found.start(), len(found[0]))
            for n, found in enumerate(re.finditer(r"\S+", text))
        ]
        return SpokenText(sound_of([1000] * len(text)), tuple(words), len(text))


@pytest.fixture
def voice() -> Tones:
    return Tones()


@pytest.fixture
def page() -> dict[str, str]:
    return {"main": MAIN}


@pytest.fixture
def client(voice: Tones, page: dict[str, str]) -> Iterator[FlaskClient]:
    app = Flask(__name__, template_folder="../..", root_path=__file__.rpartition("/")[0])
    app.config.update(TESTING=True)
    Babel(app, locale_selector=lambda: request.args.get("language", "nl"))
    app.register_blueprint(create_blueprint(voice, "secret"))

    @app.get("/")
    def show() -> str:
        return render_template_string(
            '{% from "accessible_ui/read_aloud/read_aloud.html" import read_aloud %}'
            "<!doctype html><html lang=nl><title>x</title>{{ read_aloud() }}{{ main|safe }}</html>",
            main=page["main"],
        )

    @app.get("/plain")
    def plain() -> str:
        return "<!doctype html><title>x</title><main>Zonder knop.</main>"

    return app.test_client()


def players_of(html: str) -> list[str]:
    return re.findall(r'<audio [^>]*src="([^"]+)"', html)


def test_speech_comes_with_its_words(client: FlaskClient, voice: Tones):
    answer = client.post("/voorlezen", json={"text": "Goede 😀 morgen", "language": "nl-NL", "rate": 0.8})
    assert answer.status_code == 200
    assert voice.asked == [("Goede 😀 morgen", "nl", 0.8)]
    assert base64.b64decode(answer.json["sound"])[:4] == b"RIFF"
    # JavaScript counts the face as two.
    assert answer.json["words"] == [[0, 0, 5], [100, 6, 2], [200, 9, 6]]


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"text": " \n", "language": "nl"}, 400, "empty"),
        ({"text": "a" * 5_001, "language": "nl"}, 400, "too_long"),
        ({"text": "Hei", "language": "fi"}, 404, "language_not_supported"),
        ({"text": "Dag"}, 400, "malformed"),
        ({"text": 3, "language": "nl"}, 400, "malformed"),
        ({"text": "Dag", "language": "nl", "rate": True}, 400, "malformed"),
        ({"text": "Dag", "language": "nl", "rate": 1.6}, 400, "malformed"),
        ({"text": "Dag", "language": "nl", "rate": float("nan")}, 400, "malformed"),
        ({"text": "Dag", "language": "nl", "format": "mp3"}, 400, "malformed"),
        ({"text": "Dag", "language": "nl", "format": ["opus"]}, 400, "malformed"),
        (["Dag"], 400, "malformed"),
        (None, 400, "malformed"),
    ],
)
def test_what_cannot_be_read_is_met_with_a_sentence(
    client: FlaskClient, sent: object, status: int, code: str
):
    answer = client.post("/voorlezen", json=sent)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.json["text"].endswith(".")


def test_no_json_and_too_much_are_refused(client: FlaskClient, voice: Tones):
    assert client.post("/voorlezen", data="Dag").status_code == 400
    assert client.post("/voorlezen", data=b" " * 70_000, content_type="application/json").status_code == 413
    assert voice.asked == []


def test_half_a_character_keeps_its_place(client: FlaskClient, voice: Tones):
    client.post(
        "/voorlezen", data=b'{"text": "a \\ud800 b", "language": "nl"}', content_type="application/json"
    )
    assert voice.asked == [("a \ufffd b", "nl", 1.0)]


def test_speech_that_is_away_is_told(client: FlaskClient, voice: Tones):
    voice.here = False
    answer = client.post("/voorlezen", json={"text": "Dag", "language": "nl"})
    assert (answer.status_code, answer.json["code"]) == (503, "speech_unavailable")


def test_no_word_is_logged(client: FlaskClient, voice: Tones, caplog: pytest.LogCaptureFixture):
    caplog.set_level(0)
    client.post("/voorlezen", json={"text": "Vertrouwelijk", "language": "nl"})
    (player,) = players_of(client.get("/").text)
    client.get(player)
    voice.here = False
    client.post("/voorlezen", json={"text": "Vertrouwelijk", "language": "nl"})
    assert "Vertrouwelijk" not in caplog.text
    assert "hoort ons" not in caplog.text


def test_a_page_without_javascript_has_a_player_that_says_what_is_on_it(client: FlaskClient, voice: Tones):
    html = client.get("/").text
    html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    (player,) = players_of(html)
    answer = client.get(player)
    assert answer.status_code == 200
    assert answer.mimetype == "audio/wav"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert voice.asked == [
        ("Praten met ons\nU ziet en hoort ons.", "nl", 1.0),
        ("In English", "en", 1.0),
        ("Naam\nStadhuis\nVerder\nTerug", "nl", 1.0),
    ]
    part = client.get(player, headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.data) == (206, answer.data[:10])


def test_the_players_address_tells_nobody_what_it_says(client: FlaskClient):
    (player,) = players_of(client.get("/").text)
    assert len(player) < 3_000
    payload = base64.urlsafe_b64decode(player.rpartition("/")[2].removesuffix(".wav"))
    assert b"Praten" not in payload
    assert b"\x78\xda" not in payload[:40], "compressed, but not encrypted"


def test_a_long_page_has_several_players(client: FlaskClient, page: dict[str, str]):
    page["main"] = (
        "<main>" + "".join(f"<p>Dit is zin nummer {n} van de pagina.</p>" for n in range(150)) + "</main>"
    )
    html = client.get("/").text
    players = players_of(html)
    assert len(players) == 4
    assert max(map(len, players)) < 3_000
    assert "deel 4 van 4" in html


@pytest.mark.parametrize("token", ["x", "gAAAAAB", "%00", "a" * 3_000])
def test_a_mangled_address_says_nothing(client: FlaskClient, voice: Tones, token: str):
    assert client.get(f"/voorlezen/{token}.wav").status_code == 404
    assert voice.asked == []


def test_another_applications_address_says_nothing():
    token = ListeningLinks("one").make([("nl", "Dag")])
    assert ListeningLinks("one").open(token) == [("nl", "Dag")]
    with pytest.raises(ValueError, match="not our"):
        ListeningLinks("other").open(token)


def test_an_address_ends_after_a_day(monkeypatch: pytest.MonkeyPatch):
    links = ListeningLinks("one")
    token = links.make([("nl", "Dag")])
    now = __import__("time").time()
    monkeypatch.setattr("cryptography.fernet.time.time", lambda: now + 86_300)
    assert links.open(token)
    monkeypatch.setattr("cryptography.fernet.time.time", lambda: now + 86_500)
    with pytest.raises(ValueError, match="not our"):
        links.open(token)


def test_the_same_page_is_read_once_whoever_opens_it(client: FlaskClient, page: dict[str, str]):
    page["main"] = MAIN.format(token="one")
    first = players_of(client.get("/").text)
    page["main"] = MAIN.format(token="two")
    assert players_of(client.get("/").text) == first
    page["main"] = MAIN.replace("ons", "hen")
    assert players_of(client.get("/").text) != first


def test_pages_without_the_button_voice_or_text_are_left_alone(
    client: FlaskClient, voice: Tones, page: dict[str, str]
):
    assert client.get("/plain").text == "<!doctype html><title>x</title><main>Zonder knop.</main>"
    voice.here = False
    assert players_of(client.get("/").text) == []
    voice.here = True
    page["main"] = "<main><img src=x alt=''></main>"
    assert players_of(client.get("/").text) == []
    page["main"] = "<p>Geen main.</p>"
    assert players_of(client.get("/").text) == []


def test_text_that_looks_like_markup_stays_text():
    main = main_of(b"<body><main><p>Kies &lt;b&gt; &amp; \xc3\xa9\xc3\xa9n</p></main></body>")
    assert readable_passages(main, "nl") == [("nl", "Kies <b> & één")]


def test_pieces_are_cut_between_sentences_and_lose_nothing():
    text = " ".join(f"Dit is zin nummer {n}." for n in range(200)) + " " + "x" * 4_000
    pieces = pieces_of([("nl", text), ("en", "One."), ("nl", "Twee.")])
    said = [said for piece in pieces for _, said in piece]
    assert " ".join(said).replace("\n", " ").replace(" ", "") == (text + "One.Twee.").replace(" ", "")
    assert all(sum(len(said) for _, said in piece) <= 1_600 for piece in pieces)


def test_small_sound_is_the_same_sound_within_the_error_of_mu_law():
    soundfile = pytest.importorskip("soundfile")
    values = [0, 1, -1, 100, -100, 1_000, -1_000, 12_345, -12_345, 32_767, -32_768]
    made, rate_hz = soundfile.read(io.BytesIO(small_sound([sound_of(values)])), dtype="int16")
    assert rate_hz == 22_050
    for was, now in zip(values, made.tolist(), strict=True):
        assert abs(was - now) <= max(8, abs(was) * 0.04)


def test_sounds_are_joined_in_order_and_a_foreign_rate_is_left_out():
    soundfile = pytest.importorskip("soundfile")
    joined = small_sound(
        [sound_of([9_000] * 3), sound_of([5_000] * 9, rate_hz=8_000), sound_of([-9_000] * 2)]
    )
    made, _ = soundfile.read(io.BytesIO(joined), dtype="int16")
    assert [value > 0 for value in made.tolist()] == [True, True, True, False, False]


def test_a_slow_line_gets_opus(client: FlaskClient):
    soundfile = pytest.importorskip("soundfile")
    asked = {"text": "a" * 5_000, "language": "nl", "rate": 1.0}
    large, small = (client.post("/voorlezen", json=asked | {"format": sort}).json for sort in ("wav", "opus"))
    assert (large["type"], small["type"]) == ("audio/wav", "audio/ogg")
    assert (small["words"], small["duration_ms"]) == (large["words"], large["duration_ms"])
    assert len(small["sound"]) < len(large["sound"]) / 3
    made, rate_hz = soundfile.read(io.BytesIO(base64.b64decode(small["sound"])))
    assert abs(len(made) / rate_hz - 5_000 / 22_050) < 0.1


def test_opus_keeps_the_sound():
    soundfile = pytest.importorskip("soundfile")
    tone = [round(9_000 * math.sin(2 * math.pi * 440 * n / 22_050)) for n in range(22_050)]
    made, rate_hz = soundfile.read(io.BytesIO(opus_sound(sound_of(tone))))
    middle = made[len(made) // 4 : 3 * len(made) // 4]
    crossings = sum(a < 0 <= b for a, b in pairwise(middle.tolist()))
    assert abs(crossings / (len(middle) / rate_hz) - 440) < 15
    assert 0.1 < abs(middle).max() < 0.5
    assert soundfile.read(io.BytesIO(opus_sound(sound_of([]))))[1] == rate_hz
