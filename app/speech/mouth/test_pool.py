"""Real speech from real children, and what happens when one of them is killed or hangs."""

import ctypes.util
import os
import random
import signal
import threading
import wave
from array import array
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from math import sqrt
from pathlib import Path

import pytest

from app.domain.speech import LanguageNotSupported, SpeechUnavailable, SpokenText
from app.speech.mouth import VoicePool

pytestmark = pytest.mark.skipif(
    not ctypes.util.find_library("espeak-ng"), reason="libespeak-ng is not installed"
)

SENTENCES = {
    "nl": "Goedemorgen, u praat straks met een medewerker van de gemeente.",
    "en": "Good morning, you will talk to someone of the municipality soon.",
    "ar": "صباح الخير، ستتحدث قريبا مع موظف من البلدية.",
}


@pytest.fixture(scope="module")
def pool() -> Iterator[VoicePool]:
    pool = VoicePool()
    yield pool
    pool.close()


def loudness(spoken: SpokenText) -> float:
    """Root mean square of the samples, 0 to 32,767."""
    with wave.open(BytesIO(spoken.sound)) as sound:
        samples = array("h", sound.readframes(sound.getnframes()))
    return sqrt(sum(sample * sample for sample in samples) / len(samples))


def words_in(text: str, spoken: SpokenText) -> list[str]:
    return [text[word.offset : word.offset + word.length] for word in spoken.words]


@pytest.mark.parametrize("language", SENTENCES)
def test_speech_can_be_heard(pool: VoicePool, language: str):
    spoken = pool.speak(SENTENCES[language], language)
    assert loudness(spoken) > 500
    assert 2_000 < spoken.duration_ms < 9_000
    with wave.open(BytesIO(spoken.sound)) as sound:
        assert abs(sound.getnframes() / sound.getframerate() * 1000 - spoken.duration_ms) < 2


@pytest.mark.parametrize("language", SENTENCES)
def test_each_word_has_its_moment(pool: VoicePool, language: str):
    text = SENTENCES[language]
    spoken = pool.speak(text, language)
    assert words_in(text, spoken) == [word.strip(".,،") for word in text.split()]
    starts = [word.start_ms for word in spoken.words]
    assert starts == sorted(starts)
    assert len(set(starts)) == len(starts)
    assert starts[-1] < spoken.duration_ms


def test_slow_lasts_longer_than_fast(pool: VoicePool):
    slow, normal, fast = (pool.speak(SENTENCES["nl"], "nl", rate).duration_ms for rate in (0.5, 1.0, 1.5))
    assert slow > 1.6 * normal > 1.6 * 1.2 * fast


def test_a_language_without_voice_is_named(pool: VoicePool):
    assert "so" not in pool.languages()
    with pytest.raises(LanguageNotSupported, match="so"):
        pool.speak("Subax wanaagsan", "so")


@pytest.mark.parametrize(("text", "rate"), [("a" * 5_001, 1.0), ("a", 0.4), ("a", 1.6), ("a", float("nan"))])
def test_what_is_out_of_bounds_is_refused(pool: VoicePool, text: str, rate: float):
    with pytest.raises(ValueError, match=r"long|rate"):
        pool.speak(text, "nl", rate)


def test_the_longest_text_is_spoken(pool: VoicePool):
    spoken = pool.speak("Wij helpen u graag. " * 250, "nl")
    assert spoken.duration_ms > 200_000
    assert len(spoken.words) == 1_000


def nasty_texts() -> Iterator[str]:
    yield from (
        "",
        " ",
        "\n\n",
        "...",
        "?!",
        "\0",
        "\x01",
        "\x0150S luid",
        "\ud800",
        "😀",
        "👩‍👩‍👧",
        "\u202eom\u202c",
        "\u200f",
    )
    yield from (
        "<b>",
        "<speak><audio src='file:///etc/passwd'/></speak>",
        "&amp;&#0;&lt;",
        "[[h@l'o]]",
        "%s%n%x",
        "{{7*7}}",
    )
    yield from (
        "a" * 5_000,
        "1" * 5_000,
        "." * 5_000,
        "😀" * 2_000,
        "\x01" * 5_000,
        "é" * 5_000,
        "ﷺ" * 300,
        "a\u0301" * 900,
    )
    yield from (
        "12.500",
        "€ 12,50",
        "14:30",
        "06-12345678",
        "NL91ABNA0417164300",
        "info@example.nl",
        "A/B\\C|D",
        "-" * 999,
    )
    alphabet = "aë é\t\n.,;:!?'\"<>&[]{}()@#%€½①ß中あ한бجש\u0301\u200d\u200f\u202e\ufeff"
    alphabet += "\x01\x07\x1b\x7f\x85😀🇳🇱\ud800\udfff0123456789"
    chance = random.Random(4)
    while True:
        yield "".join(chance.choices(alphabet, k=chance.randrange(1, 120)))


def test_two_hundred_nasty_texts_are_met_kindly(pool: VoicePool):
    before = pool.child_pids
    languages = ("nl", "ar", "en", "tr", "fa", "pl")
    for index, text in zip(range(200), nasty_texts(), strict=False):
        spoken = pool.speak(text, languages[index % len(languages)])
        assert spoken.sound.startswith(b"RIFF")
        assert all(word.offset >= 0 and word.offset + word.length <= len(text) for word in spoken.words)
        assert all(text[word.offset : word.offset + word.length].strip() for word in spoken.words)
    assert sorted(pool.child_pids) == sorted(before), "a child crashed"


def test_a_hidden_command_does_not_change_the_next_sentence(pool: VoicePool):
    before = pool.speak("Dit is gewoon.", "nl").sound
    pool.speak("\x01400S\x0199P\x010A snel", "nl")
    fresh = VoicePool(1)
    try:
        assert abs(len(fresh.speak("Dit is gewoon. ", "nl").sound) - len(before)) < len(before) / 10
    finally:
        fresh.close()
    assert abs(len(pool.speak("Dit is gewoon. ", "nl").sound) - len(before)) < len(before) / 10


def test_eight_callers_at_once_each_get_their_own_text(pool: VoicePool):
    texts = [f"Loket nummer {number} is nu vrij voor u." for number in range(40)]
    with ThreadPoolExecutor(8) as callers:
        spoken = list(callers.map(lambda text: pool.speak(text, "nl"), texts))
    for text, speech in zip(texts, spoken, strict=True):
        assert words_in(text, speech) == text.rstrip(".").split()


def test_the_same_text_is_made_once(pool: VoicePool):
    assert pool.speak("Nog eens.", "nl") is pool.speak("Nog eens.", "nl")


@pytest.fixture
def one_child() -> Iterator[VoicePool]:
    pool = VoicePool(1, timeout_s=2, further=())
    pool.speak("Warm.", "nl")
    yield pool
    pool.close()


def test_a_child_killed_in_the_middle_of_a_sentence_is_replaced(one_child: VoicePool):
    (pid,) = one_child.child_pids
    os.kill(pid, signal.SIGSTOP)  # so that it certainly dies in the middle
    with ThreadPoolExecutor(1) as caller:
        speech = caller.submit(one_child.speak, SENTENCES["nl"], "nl")
        while one_child._main._idle:
            threading.Event().wait(0.001)
        os.kill(pid, signal.SIGKILL)
        assert loudness(speech.result(20)) > 500
    assert one_child.child_pids != [pid]


def test_sixteen_callers_notice_no_child_that_dies_meanwhile(pool: VoicePool):
    texts = [f"Vraag {number} is nu aan de beurt bij ons loket." for number in range(400)]
    killed: set[int] = set()

    def ask(number: int) -> SpokenText:
        if number in (100, 200, 300):
            pid = pool._main.child_pids[0]
            killed.add(pid)
            os.kill(pid, signal.SIGKILL)
        return pool.speak(texts[number], "nl")

    with ThreadPoolExecutor(16) as callers:
        spoken = list(callers.map(ask, range(len(texts))))
    for text, speech in zip(texts, spoken, strict=True):
        assert words_in(text, speech) == text.rstrip(".").split()
    assert len(killed) == 3
    assert not killed & set(pool.child_pids)


def test_who_asks_first_is_served_first(one_child: VoicePool, monkeypatch: pytest.MonkeyPatch):
    (pid,) = one_child.child_pids
    crew, asked, served = one_child._main, list[int](), list[int]()
    take = crew._take

    def noted() -> object:
        asked.append(threading.get_ident())
        child = take()
        served.append(threading.get_ident())  # nobody else can have one before this thread is ready with it
        return child

    monkeypatch.setattr(crew, "_take", noted)
    os.kill(pid, signal.SIGSTOP)
    with ThreadPoolExecutor(9) as callers:
        callers.submit(one_child.speak, "Even wachten.", "nl")
        for number in range(8):
            while len(crew._waiting) < number or crew._idle:
                threading.Event().wait(0.001)
            callers.submit(one_child.speak, f"Nummer {number}.", "nl")
        while len(crew._waiting) < 8:
            threading.Event().wait(0.001)
        os.kill(pid, signal.SIGCONT)
    assert served == asked
    assert len(set(served)) == 9


def test_tigrinya_has_a_voice(pool: VoicePool):
    pytest.importorskip("espeakng_loader")
    spoken = pool.speak("ሰላም ከመይ ኣለኻ", "ti")
    assert loudness(spoken) > 500
    assert len(spoken.words) == 3
    assert pool.voices()["ti"] != pool.voices()["nl"]


@pytest.mark.parametrize(
    ("text", "lit"),
    [
        ("Kom op 12-03 om 14:30 uur.", ["Kom", "op", "12-03", "om", "14:30"]),
        ("Bel a.u.b. 010 123 45 67 of mail.", ["Bel", "a.u.b", "010", "123", "45", "67", "of", "mail"]),
        ("Het kost € 12,50 per dag.", ["Het", "kost", "€", "12,50", "per", "dag"]),
    ],
)
def test_what_lights_up_is_what_stands_there(pool: VoicePool, text: str, lit: list[str]):
    assert words_in(text, pool.speak(text, "nl")) == lit


def test_an_idle_child_that_was_killed_is_not_noticed(one_child: VoicePool):
    (pid,) = one_child.child_pids
    os.kill(pid, signal.SIGKILL)
    assert loudness(one_child.speak("Wij gaan door.", "nl")) > 500


def test_a_hung_child_is_killed_in_time_and_the_next_text_is_spoken(one_child: VoicePool):
    (pid,) = one_child.child_pids
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(SpeechUnavailable):
        one_child.speak(SENTENCES["nl"], "nl")
    assert not Path(f"/proc/{pid}").exists()
    assert loudness(one_child.speak(SENTENCES["nl"], "nl")) > 500


def test_who_waits_for_a_free_child_gets_it_or_is_told(one_child: VoicePool):
    (pid,) = one_child.child_pids
    os.kill(pid, signal.SIGSTOP)
    with ThreadPoolExecutor(2) as callers:
        asked = [callers.submit(one_child.speak, text, "nl") for text in ("Een.", "Twee.")]
        failures = [isinstance(one.exception(20), SpeechUnavailable) for one in asked]
    assert failures.count(True) >= 1
    assert one_child.speak("Drie.", "nl").duration_ms > 0


def test_nothing_speaks_and_no_process_is_left_after_closing():
    pool = VoicePool(further=())
    pids = pool.child_pids
    assert len(pids) == 2
    pool.close()
    with pytest.raises(SpeechUnavailable):
        pool.speak("Hallo.", "nl")
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_child_gets_no_secret_and_leaves_no_core(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SECRET_KEYS", "geheim")
    pool = VoicePool(1, further=())
    (pid,) = pool.child_pids
    environment = Path(f"/proc/{pid}/environ").read_bytes()
    limits = Path(f"/proc/{pid}/limits").read_text()
    pool.close()
    assert b"geheim" not in environment
    assert next(line.split()[4] for line in limits.splitlines() if line.startswith("Max core")) == "0"


def test_pyttsx3_speaks_where_the_first_engine_cannot():
    pool = VoicePool(1, engines=["no such engine", "pyttsx3"], further=())
    try:
        assert pool.engine == "pyttsx3"
        assert set(SENTENCES) <= pool.languages()
        spoken = pool.speak(SENTENCES["nl"], "nl")
        assert spoken.words == ()
        assert loudness(spoken) > 500
        assert 2_000 < spoken.duration_ms < 9_000
        for turn in range(6):  # settings of one sentence must not reach the next
            again = SENTENCES["nl"] + " " * turn
            slow, normal = (pool.speak(again, "nl", rate).duration_ms for rate in (0.5, 1.0))
            assert slow > 1.5 * normal
        for text in ("", "...", "\x01", "\ud800", "😀"):
            assert pool.speak(text, "nl").sound.startswith(b"RIFF")
    finally:
        pool.close()


def test_without_any_engine_it_says_so():
    pool = VoicePool(1, engines=["no such engine"], further=["no such engine"])
    assert pool.languages() == frozenset()
    with pytest.raises(SpeechUnavailable):
        pool.speak("Hallo.", "nl")
    pool.close()
