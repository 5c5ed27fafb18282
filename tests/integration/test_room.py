"""The room's rules, without sockets or database."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.conversations import messages as wire
from app.conversations.fields import WireError
from app.conversations.messages import Message, Post
from app.conversations.room import ABSENT_S, WAITING_POLL_S, Room
from app.conversations.turn import Ways
from app.domain.conversations import Role, Seat
from app.domain.speech import Caption

NOW = 1000.0
ADMITTED = datetime(2025, 3, 4, 10, 0, tzinfo=UTC)
ROLES = {1: Role.EMPLOYEE, 2: Role.CITIZEN, 3: Role.INTERPRETER, 4: Role.RELATIVE}


def seat(
    number: int, *, admitted: bool = True, reads: bool = False, agrees: bool = False, **more: Any
) -> Seat:
    """more: id, name, role, caption_language."""
    return Seat(
        id=more.get("id", f"seat{number}"),
        conversation_id="talk",
        number=number,
        role=more.get("role", ROLES[number]),
        display_name=more.get("name", f"Person {number}"),
        invitation_id=None if number == 1 else f"invitation{number}",
        employee_id=1 if number == 1 else None,
        admitted_at=ADMITTED if admitted else None,
        language="nl",
        reads_captions=reads,
        caption_language=more.get("caption_language", "nl"),
        agrees_captions=agrees,
    )


def hello(epoch: str = "epoch-0001", language: str = "nl") -> wire.Hello:
    return wire.Hello(epoch, wire.View(language, language), wire.OwnState(True, True, False))


def room_of(*seats: Seat, connected: bool = True) -> Room:
    room = Room(seats, NOW)
    if connected:
        for each in seats:
            if each.admitted_at:
                room.join(each.id, hello(f"epoch-{each.number:04}"), NOW)
    return room


def told(posts: list[Post], who: str, kind: str) -> list[Message]:
    return [message for recipient, message in posts if recipient == who and message.type == kind]


def records(posts: list[Post], who: str) -> dict[str, dict[str, Any]]:
    return {
        message.content["participant"]["id"]: dict(message.content["participant"])
        for message in told(posts, who, "participant")
    }


def refusal(room: Room, who: str, message: wire.ClientMessage) -> str:
    with pytest.raises(WireError) as caught:
        room.handle(who, message, NOW)
    return caught.value.code


# --- Coming and going


def test_who_joins_is_welcomed_and_the_others_are_told() -> None:
    room = room_of(seat(1), seat(2), connected=False)
    room.join("seat1", hello("epoch-0001"), NOW)
    ways = Ways([{"urls": ["stun:x"]}], "relay")
    posts = room.join("seat2", hello("epoch-0002"), NOW, ways, {"nl", "en"})
    [welcome] = told(posts, "seat2", "welcome")
    assert welcome.content["you"] == "seat2"
    assert welcome.content["may"] == ()
    assert welcome.content["caption_languages"] == ["en", "nl"]
    assert welcome.content["ice_servers"] == [{"urls": ["stun:x"]}]
    assert welcome.content["ice_transport_policy"] == "relay"
    assert {p["id"]: p["presence"] for p in welcome.content["participants"]} == {
        "seat1": "connected",
        "seat2": "connected",
    }
    assert records(posts, "seat1")["seat2"]["epoch"] == "epoch-0002"
    assert posts[0][0] == "seat2", "the welcome is the first thing one hears"


def test_who_is_not_admitted_cannot_join() -> None:
    room = room_of(seat(1), seat(2, admitted=False))
    with pytest.raises(WireError, match="not_admitted"):
        room.join("seat2", hello(), NOW)
    assert not room.people["seat2"].connected


def test_only_employees_see_who_waits() -> None:
    room = room_of(seat(1), seat(2))
    posts = room.seat_changed(seat(3, admitted=False), NOW)
    assert records(posts, "seat1")["seat3"]["presence"] == "waiting"
    assert told(posts, "seat2", "participant") == []
    posts = room.seat_changed(seat(3), NOW)
    assert records(posts, "seat2")["seat3"]["admitted"]


def test_a_lost_line_keeps_the_seat_and_the_epoch() -> None:
    room = room_of(seat(1), seat(2))
    assert records(room.lost("seat2", NOW), "seat1")["seat2"]["presence"] == "away"
    posts = room.join("seat2", hello("epoch-0002"), NOW + 5)
    back = records(posts, "seat1")["seat2"]
    assert (back["presence"], back["epoch"]) == ("connected", "epoch-0002")


def test_a_line_that_died_unnoticed_goes_and_comes_for_the_others() -> None:
    room = room_of(seat(1), seat(2))
    posts = room.join("seat2", hello("epoch-0002"), NOW)
    seen = [message.content["participant"]["presence"] for message in told(posts, "seat1", "participant")]
    assert seen == ["away", "connected"]


def test_a_waiting_guest_without_a_poll_is_away_and_comes_back() -> None:
    room = room_of(seat(1), seat(2, admitted=False))
    assert room.tick(NOW + WAITING_POLL_S) == []
    assert records(room.tick(NOW + WAITING_POLL_S + 1), "seat1")["seat2"]["presence"] == "away"
    posts = room.seat_seen("seat2", NOW + WAITING_POLL_S + 2)
    assert records(posts, "seat1")["seat2"]["presence"] == "waiting"


def test_a_guest_who_stays_away_loses_the_seat_but_the_lead_does_not() -> None:
    room = room_of(seat(1), seat(2))
    room.lost("seat1", NOW)
    room.lost("seat2", NOW)
    assert room.absent(NOW + ABSENT_S) == []
    assert room.absent(NOW + ABSENT_S + 1) == ["seat2"]


def test_the_room_is_as_the_database_says() -> None:
    room = room_of(seat(1), seat(2), seat(3))
    posts = room.seats_are([seat(1), seat(3), seat(4, admitted=False)], NOW)
    assert set(room.people) == {"seat1", "seat3", "seat4"}
    assert [m.content["participant"] for m in told(posts, "seat3", "left")] == ["seat2"]


def test_a_fifth_never_comes_in() -> None:
    room = room_of(*(seat(number) for number in (1, 2, 3, 4)))
    with pytest.raises(ValueError, match="more seats"):
        room.seat_changed(seat(4, id="fifth"), NOW)
    assert len(room.people) == 4


def test_the_end_is_told_to_all_on_the_line() -> None:
    room = room_of(seat(1), seat(2), seat(3, admitted=False))
    assert room.ended() == [("seat1", wire.ENDED), ("seat2", wire.ENDED)]
    assert room.people == {}


def test_who_is_removed_hears_it_and_the_others_hear_that_they_left() -> None:
    room = room_of(seat(1), seat(2), seat(3))
    posts = room.removed("seat2")
    assert told(posts, "seat2", "removed")
    assert [m.content for m in told(posts, "seat3", "left")] == [{"participant": "seat2"}]


# --- Rights


@pytest.mark.parametrize("number", [2, 3, 4])
@pytest.mark.parametrize(
    "order", [wire.Admit("seat1"), wire.Mute("seat1"), wire.Remove("seat1"), wire.End()], ids=lambda o: o.type
)
def test_only_employees_give_orders(number: int, order: wire.ClientMessage) -> None:
    room = room_of(*(seat(each) for each in (1, 2, 3, 4)))
    with pytest.raises(WireError, match="not_allowed"):
        room.check(f"seat{number}", order)


@pytest.mark.parametrize("order", [wire.Admit("seat1"), wire.Mute("seat1"), wire.Remove("seat1")])
def test_employees_give_no_orders_to_themselves(order: wire.ClientMessage) -> None:
    with pytest.raises(WireError, match="unknown_participant"):
        room_of(seat(1), seat(2)).check("seat1", order)


def test_a_second_employee_cannot_remove_the_lead() -> None:
    room = room_of(seat(1), seat(2, role=Role.EMPLOYEE))
    with pytest.raises(WireError, match="not_allowed"):
        room.check("seat2", wire.Remove("seat1"))


def test_mute_asks_the_other_page() -> None:
    room = room_of(seat(1), seat(2))
    assert room.handle("seat1", wire.Mute("seat2"), NOW) == [("seat2", Message("muted", {"by": "seat1"}))]


def test_what_lasts_does_not_go_past_the_database() -> None:
    room = room_of(seat(1), seat(2))
    for message in (wire.Admit("seat2"), wire.Remove("seat2"), wire.End(), wire.Leave()):
        with pytest.raises(ValueError, match="database first"):
            room.handle("seat1", message, NOW)


# --- Forwarding

OFFER = wire.Offer("seat2", "epoch-0002", {"type": "offer", "sdp": "v=0"})


def test_an_offer_reaches_only_whom_it_is_for() -> None:
    room = room_of(seat(1), seat(2), seat(3))
    assert room.handle("seat1", OFFER, NOW) == [
        ("seat2", Message("offer", {"from": "seat1", "description": OFFER.description}))
    ]


@pytest.mark.parametrize(
    ("offer", "code"),
    [
        (replace(OFFER, to="elsewhere"), "unknown_participant"),
        (replace(OFFER, to="seat1"), "unknown_participant"),
        (replace(OFFER, to="seat3", epoch="epoch-0003"), "absent"),
        (replace(OFFER, to="seat4"), "absent"),
        (replace(OFFER, epoch="epoch-older"), "absent"),
    ],
    ids=["another room", "oneself", "lost", "not admitted", "an older page"],
)
def test_an_offer_that_cannot_arrive(offer: wire.Offer, code: str) -> None:
    room = room_of(seat(1), seat(2), seat(3), seat(4, admitted=False))
    room.lost("seat3", NOW)
    assert refusal(room, "seat1", offer) == code


def test_typing_reaches_all_others_on_the_line() -> None:
    room = room_of(seat(1), seat(2), seat(3), seat(4, admitted=False))
    posts = room.handle("seat2", wire.Typing(7, "dag", False), NOW)
    assert [recipient for recipient, _ in posts] == ["seat1", "seat3"]
    assert posts[0][1].content == {"from": "seat2", "line": 7, "text": "dag", "done": False}


def test_trouble_is_shown_to_the_employee_and_its_owner_only() -> None:
    room = room_of(seat(1), seat(2), seat(3))
    posts = room.handle("seat2", wire.TroubleCode("camera_busy"), NOW)
    assert records(posts, "seat1")["seat2"]["trouble"] == "camera_busy"
    assert records(posts, "seat2")["seat2"]["trouble"] == "camera_busy"
    assert told(posts, "seat3", "participant") == []


def test_what_did_not_change_is_not_told_again() -> None:
    room = room_of(seat(1), seat(2))
    assert room.handle("seat2", wire.State(True, True, False), NOW) == []
    assert records(room.handle("seat2", wire.State(False, True, False), NOW), "seat1")["seat2"]["camera"]


def test_names_lose_what_would_turn_the_page_around() -> None:
    name = "\u202eamitaF\u2066 <b>x</b>\x00\n" + "z" * 500
    posts = room_of(seat(1)).seat_changed(seat(2, name=name), NOW)
    shown = records(posts, "seat1")["seat2"]["name"]
    assert shown.startswith("amitaF <b>x</b> zzz")
    assert len(shown) == 80


# --- Captions

CAPTION = Caption(1, "Ik wil verhuizen.", True, "nl", 0.0, 1.5)


@pytest.mark.parametrize(
    ("reads", "agrees", "reader_there", "sends"),
    [
        (True, True, True, True),
        (True, True, False, False),
        (True, False, True, False),
        (False, True, True, False),
    ],
)
def test_sound_is_sent_only_while_another_reads_and_this_one_agreed(
    reads: bool, agrees: bool, reader_there: bool, sends: bool
) -> None:
    room = room_of(seat(1, agrees=agrees), seat(2, reads=reads))
    if not reader_there:
        room.lost("seat2", NOW)
    assert room.sends_sound("seat1") is sends


def test_reading_oneself_sends_nothing() -> None:
    assert not room_of(seat(1, agrees=True, reads=True), seat(2)).sends_sound("seat1")


def test_a_choice_changes_who_sends() -> None:
    room = room_of(seat(1, agrees=True), seat(2))
    posts = room.caption_choice(seat(2, reads=True), "ar", NOW)
    [sound] = told(posts, "seat1", "sound")
    assert sound.content == {"send": True, "readers": ["seat2"]}
    assert records(posts, "seat2")["seat1"]["captioned"], "the others see that the voice is captioned"
    assert room.people["seat2"].spoken_language == "ar"
    [sound] = told(room.lost("seat2", NOW), "seat1", "sound")
    assert sound.content == {"send": False, "readers": []}


def test_captions_go_to_the_others_who_read() -> None:
    room = room_of(seat(1, agrees=True, reads=True), seat(2, reads=True), seat(3))
    assert [recipient for recipient, _ in room.caption("seat1", 5, CAPTION)] == ["seat2"]


def test_who_takes_back_the_agreement_is_captioned_no_more() -> None:
    room = room_of(seat(1, agrees=True), seat(2, reads=True))
    posts = room.seat_changed(seat(1, agrees=False), NOW)
    assert told(posts, "seat1", "sound")[0].content["send"] is False
    assert room.caption("seat1", 5, CAPTION) == []


def test_utterance_numbers_never_come_twice() -> None:
    room = room_of(seat(1, agrees=True), seat(2, reads=True))
    first = room.utterances_begin("seat1", 1_700_000_000_000)
    room.caption("seat1", first + 3, CAPTION)
    assert room.utterances_begin("seat1", 1_600_000_000_000) >= first + 3, "also when the clock goes back"


def test_the_state_of_captions_is_told_to_readers_and_the_speaker() -> None:
    room = room_of(seat(1, agrees=True), seat(2, reads=True), seat(3))
    assert sorted(recipient for recipient, _ in room.caption_state("seat1", "behind")) == ["seat1", "seat2"]
