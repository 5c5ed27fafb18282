"""Who is told what of somebody's words: translations, the coach, another language, how well it goes. No sockets."""

from dataclasses import replace
from typing import Any

import pytest

from app.conversations import messages as wire
from app.conversations.messages import Message, Post
from app.conversations.reading import LATE_SHOWN_S, MISSING_SAID, Made, Wanted
from app.conversations.room import Room
from app.domain.conversations import Role
from app.domain.speech import Caption
from tests.integration.test_room import NOW, hello, records, refusal, room_of, seat, told

CAPTION = Caption(1, "Ik wil verhuizen.", True, "nl", 0.5, 2.0)
MACHINE = Made("machine", "I want to move.")


def reader(number: int, language: str, **more: Any) -> Any:
    return seat(number, reads=True, caption_language=language, **more)


def said(room: Room, text: str = "Dag", line: int = 7, who: str = "seat1") -> list[Wanted]:
    room.handle(who, wire.Typing(line, text, True), NOW)
    return room.take_wanted()


def states(posts: list[Post], who: str) -> list[str]:
    return [message.content["state"] for message in told(posts, who, "caption_state")]


# --- Who wants a translation


def test_a_final_caption_is_wanted_once_for_each_language_that_is_read() -> None:
    room = room_of(seat(1, agrees=True), reader(2, "en"), reader(3, "en"), reader(4, "ar"))
    room.caption("seat1", 5, replace(CAPTION, final=False))
    assert room.take_wanted() == [], "a partial caption is not translated"
    room.caption("seat1", 5, CAPTION)
    arabic, english = room.take_wanted()
    assert (arabic.target, [who for who, _page in arabic.readers]) == ("ar", ["seat4"])
    assert (english.target, [who for who, _page in english.readers]) == ("en", ["seat2", "seat3"])
    assert (english.of, english.line, english.text, english.source) == ("caption", 5, CAPTION.text, "nl")
    assert "Person 1" in english.names
    assert room.take_wanted() == [], "each once"


def test_who_reads_the_language_that_is_spoken_or_reads_nothing_gets_nothing_extra() -> None:
    room = room_of(seat(1, agrees=True), reader(2, "nl"), seat(3, caption_language="en"))
    room.caption("seat1", 5, CAPTION)
    assert room.take_wanted() == []


def test_a_typed_line_is_a_message_also_to_who_reads_no_captions() -> None:
    room = room_of(seat(1), seat(2, caption_language="en"), seat(3))
    room.handle("seat1", wire.Typing(7, "Da", False), NOW)
    assert room.take_wanted() == [], "while it is typed it is not translated"
    [wanted] = said(room)
    assert (wanted.of, wanted.line, wanted.source, wanted.target) == ("typing", 7, "nl", "en")
    [(who, message)] = room.translated(wanted, Made("phrase", "Hello"))
    assert who == "seat2"
    assert message.content == {
        "from": "seat1",
        "of": "typing",
        "line": 7,
        "source": "nl",
        "language": "en",
        "text": "Hello",
        "state": "phrase",
    }
    assert said(room, " ") == [], "nothing was said"


def test_what_is_typed_is_in_the_language_that_its_writer_speaks() -> None:
    room = room_of(seat(1), seat(2, caption_language="ar"))
    room.join("seat2", wire.Hello("epoch-0002", wire.View("nl", "ar"), wire.OwnState(True, True, False)), NOW)
    [wanted] = said(room, "مرحبا", who="seat2")
    assert (wanted.source, wanted.target) == ("ar", "nl")


# --- Who still waits when it comes


def test_a_translation_comes_to_who_waited_only() -> None:
    room = room_of(seat(1, agrees=True), reader(2, "en"), seat(3))
    room.caption("seat1", 5, CAPTION)
    [wanted] = room.take_wanted()
    assert [who for who, _message in room.translated(wanted, MACHINE)] == ["seat2"]


@pytest.mark.parametrize(
    "change",
    [
        lambda room: room.seat_changed(reader(2, "ar"), NOW),
        lambda room: room.seat_changed(seat(2, caption_language="en"), NOW),
        lambda room: room.lost("seat2", NOW),
        lambda room: room.leave("seat2"),
        lambda room: room.join("seat2", hello("epoch-new-page"), NOW),
        lambda room: room.seat_changed(seat(1, agrees=False), NOW),
        lambda room: room.ended(),
    ],
    ids=["other language", "stopped reading", "lost", "left", "new page", "agreement taken back", "ended"],
)
def test_who_does_not_wait_any_more_gets_nothing(change: Any) -> None:
    room = room_of(seat(1, agrees=True), reader(2, "en"))
    room.caption("seat1", 5, CAPTION)
    [wanted] = room.take_wanted()
    change(room)
    assert room.translated(wanted, MACHINE) == []
    assert told(room.translation_late(wanted, NOW), "seat2", "caption_state") == []


def test_the_last_words_of_who_left_are_still_translated() -> None:
    room = room_of(seat(1, agrees=True), reader(2, "en"))
    room.caption("seat1", 5, CAPTION)
    [wanted] = room.take_wanted()
    room.leave("seat1")
    assert told(room.translated(wanted, MACHINE), "seat2", "translation") != []


def test_a_pair_that_is_missing_is_said_once_to_each() -> None:
    room = room_of(seat(1), seat(2, caption_language="so"), seat(3, caption_language="so"))
    missing = Made("missing", None)
    [first] = said(room, line=1)
    assert [who for who, _ in room.translated(first, missing)] == ["seat2", "seat3"]
    [second] = said(room, line=2)
    assert room.translated(second, missing) == []
    room.join("seat2", hello("epoch-new-page"), NOW)
    [third] = said(room, line=3)
    assert [who for who, _ in room.translated(third, missing)] == ["seat2"], "a new page knows nothing yet"
    assert room.translated(third, MACHINE) != [], "once there is one, it comes"


def test_naming_many_languages_fills_no_memory() -> None:
    room = room_of(seat(1), seat(2, caption_language="so"))
    for number in range(MISSING_SAID * 2):
        room.caption_choice(seat(1), f"{chr(97 + number // 26)}{chr(97 + number % 26)}x", NOW)
        for wanted in said(room):
            room.translated(wanted, Made("missing", None))
    assert len(room._reading._missing_said) <= MISSING_SAID


# --- How well it goes


def test_late_translations_are_told_to_who_waits_for_them_and_recover() -> None:
    room = room_of(seat(1, agrees=True), reader(2, "en"), reader(3, "nl"))
    room.caption("seat1", 5, CAPTION)
    [wanted] = room.take_wanted()
    assert room.translation_late(wanted, NOW) == [
        ("seat2", Message("caption_state", {"from": "seat1", "state": "behind"}))
    ]
    assert room.translation_late(wanted, NOW) == [], "once"
    room.caption("seat1", 6, CAPTION)
    [wanted] = room.take_wanted()
    posts = room.translated(wanted, MACHINE)
    assert [message.type for _who, message in posts] == ["translation", "caption_state"]
    assert states(posts, "seat2") == ["ready"]


def test_late_is_forgotten_after_a_while() -> None:
    room = room_of(seat(1), seat(2, caption_language="en"))
    [wanted] = said(room)
    assert states(room.translation_late(wanted, NOW), "seat2") == ["behind"]
    assert room.tick(NOW + LATE_SHOWN_S - 1) == []
    assert states(room.tick(NOW + LATE_SHOWN_S), "seat2") == ["ready"]


def test_a_translation_in_time_does_not_hide_that_the_ear_is_away() -> None:
    room = room_of(seat(1, agrees=True), reader(2, "en"))
    room.caption("seat1", 5, CAPTION)
    [wanted] = room.take_wanted()
    assert states(room.translation_late(wanted, NOW), "seat2") == ["behind"]
    assert states(room.caption_state("seat1", "unavailable"), "seat2") == ["unavailable"]
    assert states(room.translated(wanted, MACHINE), "seat2") == []
    assert states(room.caption_state("seat1", "ready"), "seat2") == ["ready"]


def test_who_comes_later_hears_how_it_goes() -> None:
    room = room_of(seat(1, agrees=True), reader(2, "nl"), reader(3, "nl"))
    room.caption_state("seat1", "behind")
    assert states(room.join("seat3", hello("epoch-new-page"), NOW), "seat3") == ["behind"]


def test_captions_that_are_not_made_are_not_behind() -> None:
    room = room_of(seat(1, agrees=True), reader(2, "nl"))
    room.caption_state("seat1", "unavailable")
    assert states(room.seat_changed(seat(1, agrees=False), NOW), "seat2") == ["ready"]
    assert room.caption_state("seat1", "unavailable") == [], "the ear closes late"


# --- Another language than chosen


def asked(room: Room, heard: str | None, final: bool = True) -> list[str]:
    posts = room.caption("seat2", 5, replace(CAPTION, heard=heard, final=final))
    assert told(posts, "seat1", "other_language") == [], "nobody else is told"
    return [message.content["language"] for message in told(posts, "seat2", "other_language")]


@pytest.fixture
def speaking() -> Room:
    return room_of(reader(1, "nl"), seat(2, agrees=True))


def test_the_speaker_is_asked_once_per_language(speaking: Room) -> None:
    assert asked(speaking, None) == []
    assert asked(speaking, "nl") == [], "that is what was chosen"
    assert asked(speaking, "en") == ["en"]
    assert asked(speaking, "en") == []
    assert asked(speaking, "pl") == ["pl"]
    assert speaking.people["seat2"].spoken_language == "nl", "never by itself"


def test_a_no_lasts_as_long_as_the_room(speaking: Room) -> None:
    assert asked(speaking, "en") == ["en"]
    assert speaking.handle("seat2", wire.KeepLanguage("en"), NOW) == []
    speaking.join("seat2", hello("epoch-new-page"), NOW)
    assert asked(speaking, "en") == []
    assert asked(speaking, "pl") == ["pl"]


def test_a_new_page_is_asked_what_the_old_one_left_open(speaking: Room) -> None:
    assert asked(speaking, "en") == ["en"]
    speaking.lost("seat2", NOW)
    speaking.join("seat2", hello("epoch-0002"), NOW)
    assert asked(speaking, "en") == [], "the same page still shows it"
    speaking.join("seat2", hello("epoch-new-page"), NOW)
    assert asked(speaking, "en") == ["en"]


def test_a_yes_is_a_choice(speaking: Room) -> None:
    assert asked(speaking, "en") == ["en"]
    speaking.caption_choice(seat(2, agrees=True), "en", NOW)
    assert asked(speaking, "en") == []
    assert asked(speaking, "nl") == ["nl"], "and back"


def test_keeping_what_was_never_asked_is_nothing(speaking: Room) -> None:
    for language in ("xx", "zzz", "en"):
        assert speaking.handle("seat2", wire.KeepLanguage(language), NOW) == []
    assert speaking._reading._refused == {}
    assert asked(speaking, "en") == ["en"]


# --- The coach


HARD = replace(CAPTION, text="Dat is kosteloos.")


def test_the_coach_hints_at_the_own_final_captions_and_nobody_else_hears() -> None:
    room = room_of(seat(1, agrees=True), reader(2, "nl"))
    assert told(room.caption("seat1", 4, HARD), "seat1", "hint") == []
    room.handle("seat1", wire.Coach(True), NOW)
    assert told(room.caption("seat1", 5, replace(HARD, final=False)), "seat1", "hint") == []
    posts = room.caption("seat1", 5, HARD)
    [hint] = told(posts, "seat1", "hint")
    assert hint.content == {"kind": "hard_word", "found": "kosteloos", "plain": "gratis"}
    assert [message.type for _who, message in posts if _who == "seat2"] == ["caption"]
    assert told(room.caption("seat1", 6, HARD), "seat1", "hint") == [], "said once"
    assert told(room.caption("seat2", 5, HARD), "seat1", "hint") == [], "not of others"
    assert told(room.caption("seat1", 7, replace(HARD, language="en")), "seat1", "hint") == []
    room.handle("seat1", wire.Coach(False), NOW)
    assert told(room.caption("seat1", 8, replace(HARD, text="Indien u wilt.")), "seat1", "hint") == []


def test_a_coach_that_was_off_begins_anew() -> None:
    room = room_of(seat(1, agrees=True), reader(2, "nl"))
    for on in (True, False, True):
        room.handle("seat1", wire.Coach(on), NOW)
        said = told(room.caption("seat1", 5, HARD), "seat1", "hint")
        assert len(said) == on


def test_a_coach_that_is_on_reads_the_own_voice_and_the_others_see_nothing_of_it() -> None:
    room = room_of(seat(1, agrees=True), seat(2))
    assert not room.sends_sound("seat1")
    posts = room.handle("seat1", wire.Coach(True), NOW)
    assert {who for who, _message in posts} == {"seat1"}
    assert told(posts, "seat1", "sound")[0].content == {"send": True, "readers": []}
    assert records(posts, "seat1")["seat1"]["captioned"]
    view = room.join("seat2", hello("epoch-new-page"), NOW)
    [welcome] = told(view, "seat2", "welcome")
    [lead] = [record for record in welcome.content["participants"] if record["id"] == "seat1"]
    assert lead["captioned"] is False
    assert "coached" not in lead
    posts = room.handle("seat1", wire.Coach(False), NOW)
    assert told(posts, "seat1", "sound")[0].content["send"] is False


def test_without_agreement_there_is_nothing_to_coach() -> None:
    room = room_of(seat(1), reader(2, "nl"))
    room.handle("seat1", wire.Coach(True), NOW)
    assert not room.sends_sound("seat1")
    assert room.caption("seat1", 5, CAPTION) == []


def test_the_coach_is_for_who_signed_in() -> None:
    by_link = seat(3, role=Role.EMPLOYEE)
    room = room_of(seat(1), seat(2, agrees=True), by_link)
    for who in ("seat2", "seat3"):
        assert refusal(room, who, wire.Coach(True)) == "not_allowed"
        assert not room.people[who].coached


def test_a_new_page_begins_without_a_coach() -> None:
    room = room_of(seat(1, agrees=True), seat(2))
    room.handle("seat1", wire.Coach(True), NOW)
    room.join("seat1", hello("epoch-0001"), NOW)
    assert room.sends_sound("seat1"), "the same page came back"
    room.join("seat1", hello("epoch-new-page"), NOW)
    assert not room.sends_sound("seat1")


# --- What the welcome says


def test_large_letters_are_shown_to_employees_and_their_reader_only() -> None:
    room = room_of(seat(1), seat(2), seat(3))
    view = wire.View("nl", "nl", 150)
    posts = room.join("seat2", wire.Hello("epoch-0002", view, wire.OwnState(True, True, False)), NOW)
    assert records(posts, "seat1")["seat2"]["text_size"] == 150
    assert records(posts, "seat3")["seat2"]["text_size"] is None
    [welcome] = told(posts, "seat2", "welcome")
    assert [p["text_size"] for p in welcome.content["participants"]] == [None, 150, None]


def test_the_welcome_tells_what_works() -> None:
    works = {"en": {"hear": True, "read": ["nl"], "speak": False}}
    room = room_of(seat(1), connected=False)
    [(_who, welcome), *_] = room.join("seat1", hello(), NOW, abilities=works)
    assert welcome.content["abilities"] == works


def test_a_typed_line_says_in_which_language_it_is_written() -> None:
    room = room_of(seat(1), reader(2, "nl"))
    room.handle("seat1", wire.Typing(7, "Ma fahmayo.", True, "so"), NOW)
    [wanted] = room.take_wanted()
    assert (wanted.source, wanted.target) == ("so", "nl")
