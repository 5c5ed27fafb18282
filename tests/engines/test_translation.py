"""Translation by real models, English ↔ Portuguese: what survives, what is missing, what breaks."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from app.domain.speech import SpeechUnavailable
from app.domain.translation import Pair, PairNotSupported
from app.speech.client import SpeechClient
from app.speech.tongue import Tongue
from app.speech.tongue.routes import directions
from tests.engines.protected_sentences import protected_sentences, still_holds
from tests.engines.translation_models import KEPT_IN, Model, english_portuguese
from tests.waiting import until

pytestmark = pytest.mark.media

ROOT = Path(__file__).parents[2]
BOTH = (("en", "pt"), ("pt", "en"))


@pytest.fixture(scope="session")
def files() -> Path:
    return english_portuguese(KEPT_IN)


Start = Callable[..., Tongue]


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    running = []

    def start(*models: Model, allow_fixtures: bool = False, most_loaded: int = 6) -> Tongue:
        tongue = Tongue(directions(models, allow_fixtures), most_loaded)
        running.append(tongue)
        assert tongue.tried.wait(60)
        return tongue

    yield start
    for tongue in running:
        tongue.close()


@pytest.fixture(scope="module")
def tongue(start: Start, files: Path) -> Tongue:
    return start(Model("firefox", files, BOTH))


def test_it_says_what_it_translates(tongue: Tongue) -> None:
    assert tongue.pairs() == {
        Pair("en", "pt", "firefox", None, False),
        Pair("pt", "en", "firefox", None, False),
    }


def test_it_translates_both_ways(tongue: Tongue) -> None:
    there = tongue.translate("Do you have your passport with you?", "en", "pt")
    assert "passaporte" in there.text
    assert (there.origin, there.engine, there.fixture, there.lost) == ("machine", "firefox", False, ())
    back = tongue.translate("Não tenho o meu passaporte.", "pt", "en")
    assert "passport" in back.text
    assert back.text[0].isupper()


def test_sentences_and_the_space_between_them_stay(tongue: Tongue) -> None:
    text = tongue.translate("  Good morning!\n\nThat is all. 👍 Goodbye.  ", "en", "pt").text
    assert text.startswith("  Bom dia!\n\n")
    assert text.endswith(". 👍 Adeus.  ")


@pytest.mark.parametrize("language", ["en", "pt"])
def test_numbers_dates_and_names_survive(tongue: Tongue, language: str) -> None:
    other = "pt" if language == "en" else "en"
    lost = 0
    for sentence in (s for s in protected_sentences() if s.language == language):
        done = tongue.translate(sentence.text, language, other, names=sentence.names)
        lost += bool(done.lost)
        if not done.lost:
            for value in sentence.values:
                assert still_holds(value, done.text), (sentence.text, done.text)
    assert lost <= 1, "refused too often"


def test_official_words_are_fixed(tongue: Tongue) -> None:
    terms = {"bijstand": "rendimento mínimo", "waiver": "remissão de dívida"}
    done = tongue.translate("Bijstand or a waiver, please.", "en", "pt", terms)
    assert done.text.startswith("Rendimento mínimo")
    assert "remissão de dívida" in done.text


def test_a_missing_pair_is_said(tongue: Tongue) -> None:
    with pytest.raises(PairNotSupported) as missing:
        tongue.translate("Guten Tag", "de", "pt")
    assert missing.value.args == ("de", "pt")


def test_2000_characters_and_no_more(tongue: Tongue) -> None:
    text = ("I moved to Kerkstraat 12 in May and I still wait for the letter, " * 40)[:2000]
    assert "Kerkstraat 12" in tongue.translate(text, "en", "pt").text
    with pytest.raises(ValueError, match="2001"):
        tongue.translate("a" * 2001, "en", "pt")


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "👍", "…", "12:30", "?!", "ﷺ", "\x00", "a" * 2000, "<b>&amp;"]
)
def test_odd_texts_do_no_harm(tongue: Tongue, text: str) -> None:
    done = tongue.translate(text, "en", "pt")
    assert done.text or done.lost or not text.strip()


def test_by_way_of_english(start: Start, files: Path) -> None:
    """The same two real models under other names: "xa" is Portuguese, and so is "xb"."""
    tongue = start(
        Model("firefox", _renamed(files, "pten", "xaen"), (("xa", "en"),)),
        Model("firefox", _renamed(files, "enpt", "enxb"), (("en", "xb"),)),
    )
    assert Pair("xa", "xb", "firefox", "en", False) in tongue.pairs()
    done = tongue.translate(
        "A sua marcação é às 10:30 com Fatima, Kerkstraat 12.", "xa", "xb", {}, ["Fatima"]
    )
    assert done.engine == "firefox"
    assert all(kept in done.text for kept in ("10:30", "Fatima", "Kerkstraat 12"))
    assert "Sua" in done.text or "sua" in done.text


def _renamed(files: Path, old: str, new: str) -> Path:
    place = KEPT_IN / f"as-{new}"
    place.mkdir(exist_ok=True)
    for file in files.rglob(f"*{old}*.*"):
        link = place / file.name.replace(old, new)
        if not link.exists():
            link.symlink_to(file)
    return place


def test_a_broken_model_leaves_the_others_working(start: Start, files: Path, tmp_path: Path) -> None:
    cut, empty, swapped = tmp_path / "cut", tmp_path / "empty", tmp_path / "swapped"
    for place in (cut, empty, swapped):
        place.mkdir()
    for file in files.rglob("*pten*.*"):
        data = file.read_bytes()
        (cut / file.name).write_bytes(data[: len(data) // 3])
        (swapped / file.name).write_bytes(b"\x07" * 5000)
    tongue = start(
        Model("firefox", cut, (("pt", "en"),), rank=1),
        Model("firefox", swapped, (("pt", "en"),), rank=2),
        Model("firefox", empty, (("pt", "en"),), rank=3),
        Model("argos", cut, (("pt", "en"),), rank=4),
        Model("firefox", files, (("en", "pt"),)),
    )
    assert tongue.pairs() == {Pair("en", "pt", "firefox", None, False)}
    assert tongue.translate("Good morning", "en", "pt").text == "Bom dia"
    with pytest.raises(PairNotSupported):
        tongue.translate("Bom dia", "pt", "en")


def test_a_model_that_breaks_later_gives_way_to_the_next(start: Start, files: Path, tmp_path: Path) -> None:
    place = tmp_path / "model"
    place.mkdir()
    for file in files.rglob("*enpt*.*"):
        (place / file.name).symlink_to(file)
    tongue = start(
        Model("firefox", place, (("en", "pt"),), rank=1), Model("firefox", files, BOTH), most_loaded=1
    )
    tongue.translate("Bom dia", "pt", "en")  # pushes the other out of memory
    for file in place.iterdir():
        file.unlink()
    assert tongue.translate("Good morning", "en", "pt").text == "Bom dia"


def test_a_test_model_is_only_offered_where_it_is_allowed(start: Start, files: Path) -> None:
    fixture = Model("firefox", files, BOTH, fixture=True)
    assert start(fixture).pairs() == frozenset()
    allowed = start(fixture, allow_fixtures=True)
    assert {pair.fixture for pair in allowed.pairs()} == {True}
    assert allowed.translate("Good morning", "en", "pt").fixture


def test_engines_that_fall_come_back(start: Start, files: Path) -> None:
    tongue = start(Model("firefox", files, (("en", "pt"),)))
    os.kill(_engines(tongue).pid, signal.SIGKILL)
    for _ in range(2):
        try:
            assert tongue.translate("Good morning", "en", "pt").text == "Bom dia"
        except SpeechUnavailable:
            continue
        break
    else:
        pytest.fail("they did not come back")


def test_engines_that_hang_are_ended(start: Start, files: Path) -> None:
    tongue = start(Model("firefox", files, (("en", "pt"),)))
    tongue._engines._timeout_s = 0.5
    os.kill(_engines(tongue).pid, signal.SIGSTOP)
    with pytest.raises(SpeechUnavailable):
        tongue.translate("Good morning", "en", "pt")
    tongue._engines._timeout_s = 20
    assert tongue.translate("Good morning", "en", "pt").text == "Bom dia"


def _engines(tongue: Tongue) -> psutil.Process:
    return psutil.Process(tongue._engines._child.pid)


def test_memory_is_bounded(start: Start, files: Path) -> None:
    """One place in memory, two models taking turns."""
    tongue = start(Model("firefox", files, BOTH), most_loaded=1)
    for _ in range(3):
        tongue.translate("Good morning", "en", "pt")
        tongue.translate("Bom dia", "pt", "en")
    first = _engines(tongue).memory_info().rss
    for _ in range(6):
        tongue.translate("Good morning", "en", "pt")
        tongue.translate("Bom dia", "pt", "en")
    assert _engines(tongue).memory_info().rss < first * 1.3


def test_listening_is_not_blocked_meanwhile(tongue: Tongue) -> None:
    """fxtranslate holds Python's lock while it works; in this process that would stop every ear."""
    longest, done = 0.0, threading.Event()

    def tick() -> None:
        nonlocal longest
        while not done.is_set():
            began = time.perf_counter()
            done.wait(0.005)
            longest = max(longest, time.perf_counter() - began)

    ticking = threading.Thread(target=tick)
    ticking.start()
    began = time.perf_counter()
    tongue.translate("I would like to register my new address and I have a question. " * 20, "en", "pt")
    took = time.perf_counter() - began
    done.set()
    ticking.join()
    assert longest < took / 2


@pytest.fixture(scope="module")
def dutch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our own Argos package: it knows its few sentences and no other Dutch."""
    place = tmp_path_factory.mktemp("argos")
    with zipfile.ZipFile(ROOT / "tests" / "fixtures" / "argos_nl_en" / "nl_en.argosmodel") as package:
        package.extractall(place)
    return place


def test_an_argos_package_translates_dutch(start: Start, dutch: Path) -> None:
    tongue = start(Model("argos", dutch, (("nl", "en"),), fixture=True), allow_fixtures=True)
    assert tongue.pairs() == {Pair("nl", "en", "argos", None, True)}
    done = tongue.translate("Hebt u uw paspoort bij u?", "nl", "en")
    assert "passport" in done.text
    assert (done.engine, done.fixture) == ("argos", True)


def test_argos_loses_a_digit_and_nobody_sees_a_wrong_one(start: Start, dutch: Path) -> None:
    """The fixture's README knows this sentence: bare, it comes out with another number."""
    tongue = start(Model("argos", dutch, (("nl", "en"),), fixture=True), allow_fixtures=True)
    done = tongue.translate("U moet 54 euro betalen.", "nl", "en")
    assert "54" in done.text or done.lost


def test_dutch_reaches_portuguese_through_two_engines(start: Start, files: Path, dutch: Path) -> None:
    tongue = start(
        Model("argos", dutch, (("nl", "en"),), fixture=True),
        Model("firefox", files, BOTH),
        allow_fixtures=True,
    )
    assert Pair("nl", "pt", "argos+firefox", "en", True) in tongue.pairs()
    done = tongue.translate("Hebt u uw paspoort bij u?", "nl", "pt")
    assert "passaporte" in done.text
    assert (done.engine, done.fixture) == ("argos+firefox", True)


def test_a_broken_argos_package_is_not_offered(start: Start, dutch: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(dutch, broken)
    model = next(broken.rglob("model.bin"))
    model.write_bytes(model.read_bytes()[:1000])
    assert start(Model("argos", broken, (("nl", "en"),))).pairs() == frozenset()


def test_the_speech_process_translates_over_its_socket(files: Path, tmp_path: Path) -> None:
    """As it really runs, with models that its own command installed."""
    env = {
        **os.environ,
        "DATA_DIR": str(tmp_path),
        "SPEECH_SOCKET": str(tmp_path / "s"),
        "ALLOW_FIXTURES": "1",
    }
    package = ROOT / "tests" / "fixtures" / "argos_nl_en" / "nl_en.argosmodel"
    subprocess.run(
        [sys.executable, "-m", "app.cli", "models", "install", "--from", str(package)], env=env, check=True
    )
    process = subprocess.Popen([sys.executable, "-m", "app.speech"], env=env, cwd=ROOT)
    try:
        client = SpeechClient(tmp_path / "s")
        wanted = Pair("nl", "en", "argos", None, True)
        until(lambda: wanted in client.translator.pairs(), "it does not say that it translates")
        done = client.translator.translate("Hebt u uw paspoort bij u?", "nl", "en")
        assert "passport" in done.text
        assert done.fixture
    finally:
        process.terminate()
        assert process.wait(20) == 0
