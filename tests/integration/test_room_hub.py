"""Rooms together with the database: first it is kept, then it is told."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from argon2 import PasswordHasher

from app.conversations import messages as wire
from app.conversations.fields import WireError
from app.conversations.hub import Hub
from app.conversations.messages import Message
from app.conversations.room import ABSENT_S, WAITING_POLL_S
from app.conversations.translating import LATE_S, Translations
from app.domain.conversations import Conversation, ConversationEnded, NotFound, Role, Seat
from app.domain.speech import Caption
from app.storage.conversations import StoredConversations
from app.storage.database import Database
from app.storage.demo import seed_demo
from app.storage.tables import EmployeeRow, ServiceTypeRow
from app.storage.words import StoredWords
from tests.integration.test_room import hello
from tests.integration.translators import MarkingTranslator


class HeardLine:
    """A line that remembers."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.code: int | None = None
        self.changed = threading.Condition()

    def send(self, message: Message) -> None:
        with self.changed:
            if self.code is None:
                self.heard.append(message)
                self.code = message.close_code
            self.changed.notify_all()

    def wait_for(self, kind: str, number: int = 1) -> list[Message]:
        """Once so many of them have come."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.types().count(kind) >= number, 20), self.types()
        return [message for message in self.heard if message.type == kind]

    def close(self, code: int) -> None:
        self.code = self.code or code

    def types(self) -> list[str]:
        return [message.type for message in self.heard]


class Desk:
    """A talk of an employee and admitted guests, with a clock that a test moves."""

    def __init__(self, database: Database) -> None:
        self.now = 1000.0
        self.database = database
        self.conversations = StoredConversations(database)
        self.translator = MarkingTranslator()
        self.words = StoredWords(database)
        self.translations = Translations(self.translator, self.words, clock=lambda: self.now)
        self.hub = Hub(self.conversations, self.translations, clock=lambda: self.now)
        seed_demo(database, datetime.now(UTC), PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        with database.reading() as session:
            self.lead_id = session.query(EmployeeRow.id).order_by(EmployeeRow.id).first()[0]
            self.service_id = session.query(ServiceTypeRow.id).order_by(ServiceTypeRow.id).first()[0]
        self.conversation: Conversation = self.conversations.start_conversation(
            self.lead_id, self.service_id
        )[0]
        self.lead = self.conversations.take_employee_seat(self.conversation.id, self.lead_id)

    def guest(self, *, admitted: bool = True) -> Seat:
        link = self.conversations.invite(self.conversation.id, Role.RELATIVE, "Sam")
        seat = self.conversations.take_seat(link.invitation.id)
        if admitted:
            seat = self.conversations.admit(seat.id, datetime.now(UTC))
        self.hub.seat_taken(seat)
        return seat

    def join(self, seat: Seat, epoch: str = "epoch-0001") -> HeardLine:
        line = HeardLine()
        self.hub.join(seat, line, hello(epoch))
        return line


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def presence(line: HeardLine, seat: Seat) -> Any:
    return [
        message.content["participant"]["presence"]
        for message in line.heard
        if message.type == "participant" and message.content["participant"]["id"] == seat.id
    ][-1]


def test_an_order_is_kept_and_then_told(desk: Desk) -> None:
    guest = desk.guest(admitted=False)
    lead = desk.join(desk.lead)
    with pytest.raises(WireError, match="not_admitted"):
        desk.join(guest)
    desk.hub.receive(desk.lead, lead, wire.Admit(guest.id))
    assert desk.conversations.seat(guest.id).admitted_at is not None
    desk.join(guest)
    assert presence(lead, guest) == "connected"


def test_choices_outlive_the_room(desk: Desk) -> None:
    guest = desk.guest()
    line = desk.join(guest)
    desk.hub.receive(guest, line, wire.CaptionChoice(True, True, "ar", "ti"))
    kept = desk.conversations.seat(guest.id)
    assert (kept.reads_captions, kept.agrees_captions, kept.caption_language) == (True, True, "ar")
    later = Hub(desk.conversations, desk.translations)
    again = HeardLine()
    later.join(guest, again, hello())
    [me] = [p for p in again.heard[0].content["participants"] if p["id"] == guest.id]
    assert (me["reads"], me["caption_language"]) == (True, "ar")


def test_a_guest_away_for_ten_minutes_frees_the_seat(desk: Desk) -> None:
    guest, lead = desk.guest(), desk.join(desk.lead)
    line = desk.join(guest)
    desk.hub.lost(guest, line)
    desk.now += ABSENT_S - 1
    desk.hub.tick()
    assert desk.conversations.seat(guest.id)
    desk.now += 2
    desk.hub.tick()
    with pytest.raises(NotFound):
        desk.conversations.seat(guest.id)
    assert lead.heard[-1] == Message("left", {"participant": guest.id})


def test_who_waits_is_seen_by_the_waiting_page(desk: Desk) -> None:
    guest, lead = desk.guest(admitted=False), desk.join(desk.lead)
    desk.now += WAITING_POLL_S + 1
    desk.hub.tick()
    assert presence(lead, guest) == "away"
    desk.hub.seat_seen(guest)
    assert presence(lead, guest) == "waiting"


def test_a_seat_freed_by_a_page_hangs_up(desk: Desk) -> None:
    guest, lead = desk.guest(), desk.join(desk.lead)
    line = desk.join(guest)
    desk.conversations.leave(guest.id)
    desk.hub.seat_left(guest)
    assert line.code == 4404
    assert "left" in lead.types()
    with pytest.raises(WireError, match="seat_gone"):
        desk.join(guest)


def test_the_end_from_a_page_is_the_end_for_all(desk: Desk) -> None:
    guest, lead = desk.guest(), desk.join(desk.lead)
    line = desk.join(guest)
    desk.conversations.end_conversation(desk.conversation.id, datetime.now(UTC))
    desk.hub.ended(desk.conversation.id)
    assert (lead.code, line.code) == (4410, 4410)
    assert desk.hub.counts()["rooms"] == 0
    with pytest.raises(ConversationEnded):
        desk.join(guest)


def test_an_end_that_the_room_did_not_hear_of_is_found_out(desk: Desk) -> None:
    guest = desk.guest()
    line = desk.join(guest)
    desk.conversations.end_conversation(desk.conversation.id, datetime.now(UTC))
    desk.hub.seat_seen(desk.lead)
    with pytest.raises(WireError):
        desk.hub.receive(guest, line, wire.CaptionChoice(True, True, "nl", "nl"))


def test_an_order_for_who_just_left(desk: Desk) -> None:
    guest, lead = desk.guest(), desk.join(desk.lead)
    desk.conversations.leave(guest.id)
    with pytest.raises(WireError, match="unknown_participant"):
        desk.hub.receive(desk.lead, lead, wire.Admit(guest.id))


def test_a_moved_line_is_not_heard_any_more(desk: Desk) -> None:
    guest, lead = desk.guest(), desk.join(desk.lead)
    first, second = desk.join(guest, "first-tab"), desk.join(guest, "second-tab")
    assert first.code == 4409
    desk.hub.receive(guest, first, wire.Typing(1, "oud", True))
    desk.hub.lost(guest, first)
    assert "typing" not in lead.types()
    assert presence(lead, guest) == "connected"
    assert second.code is None


def test_a_second_tab_stops_the_sound_of_the_first(desk: Desk) -> None:
    guest, lead = desk.guest(), desk.join(desk.lead, "first-tab")
    desk.hub.receive(guest, line := desk.join(guest), wire.CaptionChoice(True, False, "nl", "nl"))
    sound = HeardLine()
    desk.hub.sound_starts(desk.lead, sound)
    desk.join(desk.lead, "first-tab")
    assert sound.code is None, "the same page came back"
    desk.join(desk.lead, "second-tab")
    assert sound.code == 4409
    assert (lead.code, line.code) == (4409, None)


def test_a_quiet_room_is_forgotten_and_found_again(desk: Desk) -> None:
    guest = desk.guest()
    desk.hub.lost(guest, desk.join(guest))
    desk.hub.lost(desk.lead, desk.join(desk.lead))
    desk.now += ABSENT_S + 1
    desk.hub.tick()
    assert desk.hub.counts()["rooms"] == 0
    assert desk.join(desk.lead).heard[0].type == "welcome"


def test_all_hear_all_in_the_same_order(desk: Desk) -> None:
    guests = [desk.guest() for _ in range(3)]
    reader = desk.join(desk.lead)
    lines = [desk.join(guest) for guest in guests]
    before = [len(line.heard) for line in (reader, *lines)]

    def type_much(guest: Seat, line: HeardLine) -> None:
        for number in range(200):
            desk.hub.receive(guest, line, wire.Typing(number, guest.id, False))

    threads = [
        threading.Thread(target=type_much, args=pair) for pair in list(zip(guests, lines, strict=True))[:2]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    by_lead, by_third = reader.heard[before[0] :], lines[2].heard[before[3] :]
    assert len(by_lead) == 400
    assert by_lead == by_third


# --- Translations


def talking(desk: Desk) -> tuple[Seat, HeardLine, Seat, HeardLine]:
    """The lead speaks Dutch, a guest reads English."""
    guest, lead = desk.guest(), desk.join(desk.lead)
    line = desk.join(guest)
    desk.hub.receive(guest, line, wire.CaptionChoice(True, False, "en", "en"))
    return desk.lead, lead, guest, line


def test_a_translation_follows_its_original_and_nobody_waits_for_it(desk: Desk) -> None:
    speaker, lead, _guest, line = talking(desk)
    desk.translator.go.clear()
    for number in range(10):
        desk.hub.caption(speaker, number, Caption(number, f"{number} stukjes", True, "nl", 0, 1))
        desk.hub.receive(speaker, lead, wire.Typing(number, f"regel {number}", True))
    assert (line.types().count("caption"), line.types().count("typing")) == (10, 10)
    assert "translation" not in line.types()
    desk.translator.go.set()
    came = line.wait_for("translation", 20)
    assert [(m.content["of"], m.content["line"]) for m in came] == [
        (of, number) for number in range(10) for of in ("caption", "typing")
    ]
    assert "translation" not in lead.types()


def test_words_that_the_municipality_keeps_count_from_the_next_line_on(desk: Desk) -> None:
    speaker, lead, _guest, line = talking(desk)
    desk.hub.receive(speaker, lead, wire.Typing(1, "De Brink is open.", True))
    assert line.wait_for("translation")[0].content["state"] == "machine"
    desk.words.add_phrase("employee", "own", {"nl": "De Brink is open.", "en": "The Brink is open."})
    desk.words.add_term("nl", "Brinkpas", "en", "Brink card")
    desk.hub.receive(speaker, lead, wire.Typing(2, "De Brink is open.", True))
    content = line.wait_for("translation", 2)[1].content
    assert (content["state"], content["text"]) == ("phrase", "The Brink is open.")
    desk.hub.receive(speaker, lead, wire.Typing(3, "Hebt u een Brinkpas?", True))
    line.wait_for("translation", 3)
    assert desk.translator.terms[-1]["Brinkpas"] == "Brink card"


def test_translations_that_are_behind_are_told_and_recover(desk: Desk) -> None:
    speaker, lead, _guest, line = talking(desk)
    desk.translator.go.clear()
    desk.hub.receive(speaker, lead, wire.Typing(1, "te laat", True))
    desk.now += LATE_S + 1
    desk.hub.tick()
    [state] = line.wait_for("caption_state")
    assert state.content == {"from": speaker.id, "state": "behind"}
    assert "caption_state" not in lead.types()
    desk.translator.go.set()
    desk.hub.receive(speaker, lead, wire.Typing(2, "op tijd", True))
    [came] = line.wait_for("translation")
    assert came.content["text"] == "[en] op tijd"
    assert line.wait_for("caption_state", 2)[1].content["state"] == "ready"


def test_a_translation_after_the_end_reaches_nobody(desk: Desk) -> None:
    speaker, lead, _guest, line = talking(desk)
    desk.translator.go.clear()
    for number in range(5):
        desk.hub.receive(speaker, lead, wire.Typing(number, "dag", True))
    assert desk.translator.working.acquire(timeout=60)
    desk.hub.receive(speaker, lead, wire.End())
    assert desk.translations.waiting() == 0
    desk.translator.go.set()
    assert line.heard[-1] == wire.ENDED


def test_a_stop_closes_every_line_and_takes_no_new_ones(desk: Desk) -> None:
    line, late = HeardLine(), HeardLine()
    with desk.hub.holding(line):
        desk.hub.shut_down()
        assert line.code == 1012
        with desk.hub.holding(late):
            assert late.code == 1012
    assert desk.hub.counts()["sockets"] == 0
