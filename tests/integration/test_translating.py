"""Translations beside the talk: in order, in turn, never too late, never too many, and gone with their room."""

import threading
import time

import pytest

from app.conversations.reading import Made, Wanted
from app.conversations.translating import LATE_S, RETRY_S, WAITING_PER_SPEAKER, Translations
from tests.integration.translators import FewWords, MarkingTranslator
from tests.waiting import until


class Workshop:
    """`done` is all that came out, in order. The clock stands until a test moves it."""

    def __init__(self, threads: int = 1) -> None:
        self.now = 100.0
        self.translator, self.words = MarkingTranslator(), FewWords()
        self.translations = Translations(self.translator, self.words, threads, lambda: self.now)
        self.done: list[tuple[str, Wanted, Made | None]] = []
        self.changed = threading.Condition()

    def take(self, text: str, target: str = "en", *, room: str = "room", **more: str | int) -> None:
        wanted = Wanted(
            speaker=str(more.get("speaker", "seat1")),
            of="typing",
            line=int(more.get("line", len(text) and hash(text) & 0xFFFF)),
            text=text,
            source=str(more.get("source", "nl")),
            target=target,
            readers=(("seat2", None),),
            names=("Fatima",),
        )
        self.translations.take(room, wanted, lambda each, made: self._finish(room, each, made))

    def _finish(self, room: str, wanted: Wanted, made: Made | None) -> None:
        with self.changed:
            self.done.append((room, wanted, made))
            self.changed.notify_all()

    def wait_for(self, number: int) -> list[str | None]:
        """The texts that were made, once there are so many."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.done) >= number, 20), self.done
        return [made.text if made else None for _room, _wanted, made in self.done]

    def hold(self) -> None:
        """The next translation begins and then waits for `let_go`."""
        self.translator.go.clear()

    def let_go(self) -> None:
        self.translator.go.set()

    def begun(self, number: int = 1) -> None:
        for _ in range(number):
            assert self.translator.working.acquire(timeout=60)

    def tried_in_vain(self, waiting: int) -> None:
        """The engines were asked, did not answer, and what they were asked waits again."""
        self.begun()
        until(lambda: self.translations.waiting() == waiting, "it does not wait to be tried again")


@pytest.fixture
def workshop() -> Workshop:
    return Workshop()


def only(workshop: Workshop, text: str, target: str = "en", **more: str) -> Made | None:
    workshop.take(text, target, **more)
    workshop.wait_for(1)
    return workshop.done[-1][2]


# --- What is made


def test_people_were_first(workshop: Workshop) -> None:
    assert only(workshop, "Hebt u uw paspoort bij u?") == Made(
        "phrase", "Do you have your passport with you?"
    )
    assert workshop.translator.asked == [], "the machine was not asked"


def test_the_machine_gets_the_official_words_and_the_names(workshop: Workshop) -> None:
    assert only(workshop, "Kom maar, Fatima") == Made("machine", "[en] Kom maar, Fatima")
    assert workshop.translator.terms == [{"bijstand": "social assistance"}]
    assert workshop.translator.names == [("Fatima",)]


@pytest.mark.parametrize(
    ("text", "target", "made"),
    [
        ("Wij beginnen", "pl", Made("fixture", "[pl] Wij beginnen")),
        ("Huis 12 [kwijt]", "en", Made("lost", None)),
        ("Wij beginnen", "so", Made("missing", None)),
        ("[stuk] GEHEIM", "en", None),
    ],
    ids=["test model", "lost", "missing", "broken"],
)
def test_what_a_translation_may_become(
    workshop: Workshop, text: str, target: str, made: Made | None, caplog: pytest.LogCaptureFixture
) -> None:
    assert only(workshop, text, target) == made
    assert "GEHEIM" not in caplog.text, "words are not logged, also not by what breaks on them"
    workshop.take("Daarna")
    assert workshop.wait_for(2)[-1] == "[en] Daarna", "one that breaks stops no other"


def test_a_text_that_is_too_long_for_the_engines_is_shown_as_it_was(workshop: Workshop) -> None:
    def refuse(*_anything: object) -> None:
        raise ValueError("too long")

    workshop.translator.translate = refuse  # type: ignore[assignment]
    assert only(workshop, "a" * 3000) == Made("lost", None)


def test_without_the_words_of_the_municipality_the_machine_still_works(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    workshop.words.away = True
    assert only(workshop, "GEHEIM") == Made("machine", "[en] GEHEIM")
    assert "OSError" in caplog.text
    assert "GEHEIM" not in caplog.text


# --- When


def test_who_asks_never_waits(workshop: Workshop) -> None:
    workshop.hold()
    began = time.monotonic()
    for number in range(WAITING_PER_SPEAKER * 4):
        workshop.take(f"{number}", line=number)
    assert time.monotonic() - began < 1
    assert workshop.translations.waiting() <= WAITING_PER_SPEAKER
    workshop.let_go()


def test_one_language_in_one_room_keeps_its_order_with_many_threads() -> None:
    workshop = Workshop(threads=4)
    quick = MarkingTranslator()
    workshop.hold()
    workshop.take("eerst")
    workshop.begun()
    workshop.translator.translate = quick.translate  # type: ignore[method-assign]
    workshop.take("dan")
    for number in range(20):
        workshop.take(f"{number}", room=f"room {number}")
    assert "[en] dan" not in workshop.wait_for(20), "three threads were free, but it was not its turn"
    workshop.let_go()
    assert workshop.wait_for(22)[20:] == ["[en] eerst", "[en] dan"]


def test_rooms_take_turns(workshop: Workshop) -> None:
    workshop.hold()
    for number in range(10):
        workshop.take(f"{number}", room="busy", line=number)
    workshop.begun()
    workshop.take("ik ook", room="quiet")
    workshop.let_go()
    texts = workshop.wait_for(11)
    assert texts.index("[en] ik ook") <= 2


def test_a_slow_language_stops_no_other() -> None:
    workshop = Workshop(threads=2)
    workshop.hold()
    workshop.take("langzaam", "ar")
    workshop.begun()
    workshop.translator.translate = MarkingTranslator().translate  # type: ignore[method-assign]
    workshop.take("snel", "en")
    assert workshop.wait_for(1) == ["[en] snel"]
    workshop.let_go()
    assert workshop.wait_for(2)[-1] == "[ar] langzaam"


def test_what_is_late_is_dropped_and_said(workshop: Workshop) -> None:
    workshop.hold()
    for number in range(3):
        workshop.take(f"{number}", line=number)
    workshop.begun()
    workshop.translations.drop_late()
    assert workshop.done == []
    workshop.now += LATE_S + 1
    workshop.translations.drop_late()
    assert workshop.wait_for(3) == [None] * 3, "said although the engine hangs"
    assert workshop.translations.waiting() == 0
    workshop.take("3", line=3)
    workshop.let_go()
    assert workshop.wait_for(5)[3:] == [None, "[en] 3"], "what was late stays late; then it goes well again"


def test_engines_that_are_away_are_tried_again(workshop: Workshop) -> None:
    workshop.translator.away = True
    workshop.take("eerst", line=1)
    workshop.take("dan", line=2)
    workshop.tried_in_vain(waiting=2)
    workshop.translator.away = False
    workshop.now += RETRY_S
    assert workshop.wait_for(2) == ["[en] eerst", "[en] dan"], "in order"


def test_engines_that_stay_away_are_not_waited_for(workshop: Workshop) -> None:
    workshop.translator.away = True
    workshop.take("eerst")
    workshop.tried_in_vain(waiting=1)
    workshop.now += LATE_S + 1
    assert workshop.wait_for(1) == [None]


# --- How much


def test_who_says_too_much_loses_the_oldest_and_crowds_out_nobody(workshop: Workshop) -> None:
    workshop.hold()
    workshop.take("begonnen", line=0)
    workshop.begun()
    workshop.take("van een ander", speaker="seat2")
    for number in range(WAITING_PER_SPEAKER + 5):
        workshop.now += 0.01
        workshop.take(f"{number}", line=number + 1)
    workshop.take("elders", room="other")
    workshop.let_go()
    texts = workshop.wait_for(WAITING_PER_SPEAKER + 8)
    assert texts.count(None) == 5
    assert {"[en] van een ander", "[en] elders", f"[en] {WAITING_PER_SPEAKER + 4}"} <= set(texts)
    assert not {f"[en] {number}" for number in range(5)} & set(texts)


def test_a_line_that_is_done_again_is_translated_as_it_is_now(workshop: Workshop) -> None:
    workshop.hold()
    workshop.take("begonnen", line=0)
    workshop.begun()
    for number in range(200):
        workshop.take(f"versie {number}", line=1)
    assert workshop.translations.waiting() == 1
    workshop.let_go()
    assert workshop.wait_for(2) == ["[en] begonnen", "[en] versie 199"]


# --- Until


def test_a_room_that_ends_drops_its_work(workshop: Workshop) -> None:
    workshop.hold()
    for number in range(5):
        workshop.take(f"{number}", room="ended", line=number)
    workshop.begun()
    workshop.translations.forget("ended")
    assert workshop.translations.waiting() == 0
    workshop.take("verder", room="other")
    workshop.let_go()
    assert workshop.wait_for(1) == ["[en] verder"], "nor what was being made"
    assert len(workshop.translator.asked) == 2


def test_nothing_is_kept_of_what_is_done(workshop: Workshop) -> None:
    for number in range(5):
        workshop.take(f"{number}", room=f"room {number}")
    workshop.wait_for(5)
    until(lambda: not workshop.translations._lanes, "a lane stays behind")


def test_who_cannot_be_told_stops_no_other(workshop: Workshop, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_wanted: Wanted, _made: Made | None) -> None:
        raise RuntimeError("GEHEIM")

    workshop.translations.take("room", Wanted("a", "typing", 1, "x", "nl", "en", (), ()), fail)
    workshop.take("daarna")
    assert workshop.wait_for(1) == ["[en] daarna"]
    assert "GEHEIM" not in caplog.text
