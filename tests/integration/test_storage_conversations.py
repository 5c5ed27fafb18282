"""Seats, links, ending and rating, raced and attacked, on both databases."""

import contextlib
import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from app.domain.conversations import (
    Choices,
    Conversation,
    ConversationEnded,
    ConversationFull,
    LinkState,
    NewLink,
    NotFound,
    Role,
    Seat,
)
from app.domain.names import UnfitName
from app.storage.conversations import StoredConversations
from app.storage.database import Database, connect
from app.storage.demo import seed_demo
from app.storage.tables import InvitationRow, RatingRow, SeatRow

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
TODAY = NOW.date()
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def stored(database: Database) -> StoredConversations:
    seed_demo(database, NOW, QUICK)
    return StoredConversations(database, clock=lambda: NOW)


@pytest.fixture
def talk(stored: StoredConversations) -> tuple[Conversation, NewLink]:
    return stored.start_conversation(1, 1)


def test_a_new_conversation_has_the_citizens_link(stored, talk) -> None:
    conversation, link = talk
    assert conversation.is_open
    assert conversation.lead_name == "Sanne"
    assert [i.role for i in conversation.invitations] == [Role.CITIZEN]
    assert stored.check_link(link.token) == (LinkState.OPEN, link.invitation)
    assert stored.conversation(conversation.id) == conversation


@pytest.mark.parametrize(("lead", "service_type"), [(99, 1), (1, 99)])
def test_nothing_starts_without_a_lead_or_a_service(stored, lead: int, service_type: int) -> None:
    with pytest.raises(NotFound):
        stored.start_conversation(lead, service_type)


def test_only_the_hash_of_a_token_is_kept(database, talk) -> None:
    _, link = talk
    with database.engine.connect() as connection:
        for table in inspect(database.engine).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')).all():
                assert link.token not in repr(row)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "x" * 42,
        "x" * 44,
        "é" * 43,
        "x" * 1_000_000,
        "\0" * 43,
        "\udc80" * 43,
        "../../etc/passwd",
        " " * 43,
    ],
)
def test_a_mangled_link_is_told_as_such(stored, token: str) -> None:
    assert stored.check_link(token) == (LinkState.MANGLED, None)


@pytest.mark.parametrize("identity", ["", "\0", "\ud800", "x" * 100_000, "' OR 1=1 --", "%", "../"])
def test_a_made_up_name_of_anything_is_not_found(stored, identity: str) -> None:
    choices = Choices("nl", False, "nl", False)
    for use in (
        stored.conversation, stored.invitation, stored.seat, stored.take_seat, stored.replace_link,
        lambda i: stored.invite(i, Role.RELATIVE, ""), lambda i: stored.keep_choices(i, choices),
        lambda i: stored.change_seat_choices(i, choices), lambda i: stored.admit(i, NOW),
        lambda i: stored.take_employee_seat(i, 1), lambda i: stored.end_conversation(i, NOW),
        lambda i: stored.rate(i, 1, 1, TODAY),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            use(identity)
    stored.leave(identity)


def test_a_guests_name_is_cleaned(stored, talk) -> None:
    conversation, _ = talk
    assert stored.invite(conversation.id, Role.RELATIVE, " A\u202emina ").invitation.display_name == "Amina"
    for unfit in ("\ud800", "\u200b", "x" * 61):
        with pytest.raises(UnfitName):
            stored.invite(conversation.id, Role.RELATIVE, unfit)
    assert len(stored.conversation(conversation.id).invitations) == 2


def test_a_foreign_link_is_told_as_such(stored) -> None:
    assert stored.check_link("x" * 43) == (LinkState.FOREIGN, None)


def test_the_fifth_is_refused(stored, talk) -> None:
    conversation, link = talk
    lead = stored.take_employee_seat(conversation.id, 1)
    seats = [stored.take_seat(i.id) for i in (link.invitation, *_invite(stored, conversation.id, 2))]
    assert [lead.number, *(seat.number for seat in seats)] == [1, 2, 3, 4]
    (fifth,) = _invite(stored, conversation.id, 1)
    with pytest.raises(ConversationFull):
        stored.take_seat(fifth.id)
    with pytest.raises(ConversationFull):
        stored.take_employee_seat(conversation.id, 2)
    stored.leave(seats[1].id)
    assert stored.take_seat(fifth.id).number == 3


def test_early_guests_leave_the_lead_a_seat(stored, talk) -> None:
    conversation, link = talk
    for invitation in (link.invitation, *_invite(stored, conversation.id, 2)):
        stored.take_seat(invitation.id)
    seat = stored.take_employee_seat(conversation.id, 1)
    assert (seat.number, seat.admitted_at, seat.role, seat.display_name) == (1, NOW, Role.EMPLOYEE, "Sanne")


def test_a_person_keeps_one_seat(stored, talk) -> None:
    conversation, link = talk
    assert stored.take_seat(link.invitation.id) == stored.take_seat(link.invitation.id)
    assert stored.take_employee_seat(conversation.id, 1) == stored.take_employee_seat(conversation.id, 1)
    assert len(stored.conversation(conversation.id).seats) == 2


def test_exactly_one_of_many_threads_gets_the_last_seat(stored, talk) -> None:
    conversation, link = talk
    for invitation in (link.invitation, *_invite(stored, conversation.id, 1)):
        stored.take_seat(invitation.id)
    racers = _invite(stored, conversation.id, 12)
    start = threading.Barrier(len(racers))

    def race(invitation_id: str) -> Seat | None:
        start.wait()
        try:
            return stored.take_seat(invitation_id)
        except ConversationFull:
            return None

    with ThreadPoolExecutor(len(racers)) as pool:
        results = list(pool.map(race, [invitation.id for invitation in racers]))
    assert [seat.number for seat in results if seat] == [4]
    assert len(stored.conversation(conversation.id).seats) == 3


def _race_in_process(url: str, invitation_id: str, start, results) -> None:
    database = connect(url, "a secret of the tests")
    start.wait()
    try:
        results.put(StoredConversations(database).take_seat(invitation_id).number)
    except ConversationFull:
        results.put(None)
    database.close()


def test_exactly_one_of_many_processes_gets_the_last_seat(stored, talk, database_url: str) -> None:
    conversation, link = talk
    for invitation in (link.invitation, *_invite(stored, conversation.id, 1)):
        stored.take_seat(invitation.id)
    racers = _invite(stored, conversation.id, 3)
    spawn = multiprocessing.get_context("spawn")
    start, results = spawn.Barrier(len(racers)), spawn.Queue()
    processes = [
        spawn.Process(target=_race_in_process, args=(database_url, racer.id, start, results))
        for racer in racers
    ]
    for process in processes:
        process.start()
    numbers = [results.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    assert sorted(numbers, key=str) == [4, None, None]


def test_one_person_with_many_tabs_gets_one_seat(stored, talk) -> None:
    _, link = talk
    with ThreadPoolExecutor(8) as pool:
        seats = set(pool.map(stored.take_seat, [link.invitation.id] * 8))
    assert len(seats) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"number": 5}, {"number": 0}, {"number": 2}, {"number": 1}, {"number": 3, "employee_id": 2}],
    ids=["fifth", "none", "taken", "the lead's", "two people"],
)
def test_the_database_itself_refuses(stored, talk, database: Database, wrong: dict) -> None:
    conversation, link = talk
    stored.take_seat(link.invitation.id)
    (other,) = _invite(stored, conversation.id, 1)
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(
            SeatRow(
                **{"id": "x", "conversation_id": conversation.id, "invitation_id": other.id, **wrong},
                taken_at=NOW, language="nl", caption_language="nl",
                reads_captions=False, agrees_captions=False,
            )
        )  # fmt: skip
    assert len(stored.conversation(conversation.id).seats) == 1


def test_a_replaced_link_shuts_out_who_holds_it(stored, talk) -> None:
    conversation, link = talk
    stored.keep_choices(link.invitation.id, Choices("ar", True, "ar", True))
    seat = stored.take_seat(link.invitation.id)
    new = stored.replace_link(link.invitation.id)
    assert stored.check_link(link.token)[0] is LinkState.REPLACED
    assert stored.check_link(new.token) == (LinkState.OPEN, new.invitation)
    assert stored.invitation(link.invitation.id).replaced_at == NOW
    assert new.invitation.language == "ar"
    assert new.invitation.agrees_captions is True
    with pytest.raises(NotFound):
        stored.seat(seat.id)
    assert stored.take_seat(new.invitation.id).admitted_at is None
    for use in (stored.take_seat, stored.replace_link, lambda i: stored.rate(i, 1, 1, TODAY)):
        with pytest.raises(NotFound):
            use(link.invitation.id)
    assert [i.id for i in stored.conversation(conversation.id).invitations] == [new.invitation.id]


def test_an_ended_talk_forgets(stored, database, talk) -> None:
    conversation, link = talk
    named = stored.invite(conversation.id, Role.INTERPRETER, "Amina", "ar")
    seat = stored.take_seat(named.invitation.id)
    assert seat.display_name == "Amina"
    stored.end_conversation(conversation.id, NOW)
    stored.end_conversation(conversation.id, NOW + timedelta(hours=1))
    ended = stored.conversation(conversation.id)
    assert ended.ended_at == NOW
    assert ended.seats == ()
    assert {i.display_name for i in ended.invitations} == {""}
    assert stored.check_link(link.token)[0] is LinkState.ENDED
    with pytest.raises(NotFound):
        stored.seat(seat.id)
    changes: list[Callable[[], object]] = [
        lambda: stored.take_seat(link.invitation.id),
        lambda: stored.take_employee_seat(conversation.id, 1),
        lambda: stored.invite(conversation.id, Role.RELATIVE, ""),
        lambda: stored.replace_link(link.invitation.id),
        lambda: stored.keep_choices(link.invitation.id, Choices("nl", False, "nl", False)),
    ]
    for change in changes:
        with pytest.raises(ConversationEnded):
            change()
    stored.leave(seat.id)


def test_joining_and_ending_at_once_leave_nobody_behind(stored) -> None:
    for _ in range(5):
        conversation, link = stored.start_conversation(1, 1)
        start = threading.Barrier(2)

        def join(start=start, link=link) -> None:
            start.wait()
            with contextlib.suppress(ConversationEnded):
                stored.take_seat(link.invitation.id)

        def end(start=start, conversation=conversation) -> None:
            start.wait()
            stored.end_conversation(conversation.id, NOW)

        threads = [threading.Thread(target=join), threading.Thread(target=end)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert stored.conversation(conversation.id).seats == ()


def test_admitting_and_choosing(stored, talk) -> None:
    _, link = talk
    seat = stored.take_seat(link.invitation.id)
    assert seat.admitted_at is None
    assert stored.admit(seat.id, NOW).admitted_at == NOW
    assert stored.admit(seat.id, NOW + timedelta(hours=1)).admitted_at == NOW
    choices = Choices("en", True, "ar", True)
    changed = stored.change_seat_choices(seat.id, choices)
    assert (changed.language, changed.reads_captions, changed.caption_language) == ("en", True, "ar")
    stored.leave(seat.id)
    stored.leave(seat.id)
    assert stored.take_seat(link.invitation.id).caption_language == "ar"
    with pytest.raises(NotFound):
        stored.admit(seat.id, NOW)
    with pytest.raises(ValueError, match="language"):
        stored.keep_choices(link.invitation.id, Choices("nl<script>", True, "nl", True))


def test_rating_once_and_without_a_trace(stored, database, talk) -> None:
    conversation, link = talk
    stored.end_conversation(conversation.id, NOW)
    stored.rate(link.invitation.id, 1, 3, TODAY)
    stored.rate(link.invitation.id, 3, 3, TODAY)
    for easy, liked in ((0, 1), (1, 4), (-1, 2)):
        with pytest.raises(ValueError, match="rating"):
            stored.rate(link.invitation.id, easy, liked, TODAY)
    with database.reading() as session:
        (rating,) = session.scalars(select(RatingRow)).all()
        assert (rating.easy, rating.liked, rating.rated_on) == (1, 3, TODAY)
        assert {column.name for column in RatingRow.__table__.columns} == {
            "id", "service_type_id", "easy", "liked", "rated_on",
        }  # fmt: skip
        rated_at = session.get_one(InvitationRow, link.invitation.id).rated_at
    assert rated_at == datetime(2026, 3, 2, tzinfo=UTC), "a minute would lead back to the person"
    assert stored.invitation(link.invitation.id).rated_at


def test_today_is_a_day_in_the_netherlands(stored, database) -> None:
    late, _ = StoredConversations(database, clock=lambda: NOW).start_conversation(1, 1)
    stored.end_conversation(late.id, datetime(2026, 3, 2, 22, 59, tzinfo=UTC))  # 23:59 here
    after, _ = stored.start_conversation(1, 1)
    stored.end_conversation(after.id, datetime(2026, 3, 2, 23, 1, tzinfo=UTC))  # 0:01 here
    still_open, _ = stored.start_conversation(1, 1)
    today = [c.id for c in stored.open_conversations(1, date(2026, 3, 2))]
    assert late.id in today
    assert after.id not in today
    assert today.index(still_open.id) < today.index(late.id)
    assert stored.open_conversations(99, TODAY) == []


def test_hundred_talks_are_one_glance(stored, database) -> None:
    """The number of questions to the database does not grow with the list."""
    from sqlalchemy import event

    counted: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: counted.append(a[2]))
    stored.open_conversations(1, TODAY)
    few = len(counted)
    for _ in range(10):
        _conversation, link = stored.start_conversation(1, 1)
        stored.take_seat(link.invitation.id)
    counted.clear()
    assert len(stored.open_conversations(1, TODAY)) == 11
    assert len(counted) <= few + 1


def _invite(stored: StoredConversations, conversation_id: str, number: int):
    return [stored.invite(conversation_id, Role.RELATIVE, "").invitation for _ in range(number)]
