"""The line, short codes, entries and call-backs, raced and attacked, on both databases."""

import multiprocessing
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from sqlalchemy import inspect, select, text, update

from app.domain.call_backs import CALL_BACK_LIFE, CallBackWish
from app.domain.conversations import Conversation, ConversationEnded, NewLink, NotFound, Seat
from app.domain.queue import (
    ENTRY_LIFE,
    LONGEST_WAIT,
    ON_THE_WAY,
    TRIES_IN_ALL,
    TRIES_PER_TERMINAL,
    TRIES_WINDOW,
    AlreadyTaken,
    Entry,
    EntryClosed,
    NewEntry,
    NoWalkIn,
    ShortCodeWrong,
    TooManyTries,
)
from app.storage.call_backs import StoredCallBacks
from app.storage.conversations import StoredConversations
from app.storage.database import Database, connect
from app.storage.demo import seed_demo
from app.storage.purge import purge
from app.storage.queue import StoredQueue
from app.storage.tables import EmployeeRow, ServiceTypeRow

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SANNE, YUSUF, ILSE = 1, 2, 3
"""Burgerzaken; Werk en inkomen; a manager of Burgerzaken."""
BURGERZAKEN, WERK = 1, 2
WISH = CallBackWish("Xanthippe", "0612345678", "ar", "Paspoort", "In de ochtend")


class Desk:
    """A real database, and a clock that goes when the test says so."""

    def __init__(self, database: Database) -> None:
        seed_demo(database, MORNING, QUICK)
        self.now = MORNING
        self.database = database
        self.talks = StoredConversations(database, self.clock)
        self.queue = StoredQueue(database, self.clock)
        self.call_backs = StoredCallBacks(database, self.clock)

    def clock(self) -> datetime:
        return self.now

    def pass_time(self, time: timedelta) -> None:
        self.now += time

    def walk_in(self, terminal: str = "t1", team_id: int | None = None) -> tuple[Entry, Seat]:
        """Somebody who sits in the waiting room."""
        entry = self.queue.use_entry(self.queue.begin_walk_in(terminal, "ar", team_id).token)
        return entry, self.talks.take_seat(entry.invitation_id)

    def talk(self) -> tuple[Conversation, NewLink]:
        return self.talks.start_conversation(SANNE, 1)

    def enter(self, code: str, terminal: str = "t1") -> NewEntry:
        return self.queue.use_short_code(terminal, code, "nl")

    def everything_kept(self) -> str:
        with self.database.engine.connect() as connection:
            return "\n".join(
                repr(connection.execute(text(f'SELECT * FROM "{table}"')).all())
                for table in inspect(self.database.engine).get_table_names()
            )


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


# --- The line


def test_a_walk_in_waits_without_a_lead(desk: Desk) -> None:
    new = desk.queue.begin_walk_in("t1", "ar")
    assert new.place == 1
    (waiting,) = desk.queue.walk_ins(SANNE)
    assert (waiting.came_at, waiting.language, waiting.place, waiting.seated) == (MORNING, "ar", 1, False)
    talk = desk.talks.conversation(waiting.conversation_id)
    assert (talk.lead_employee_id, talk.lead_name, talk.service_type.slug) == (None, "", "vrij-inlopen")
    entry = desk.queue.use_entry(new.token)
    assert entry.invitation_id == talk.invitations[0].id
    assert desk.talks.take_seat(entry.invitation_id).admitted_at is None
    assert desk.queue.walk_ins(SANNE)[0].seated
    assert talk.id not in {each.id for each in desk.talks.open_conversations(1, MORNING.date())}


def test_taking_makes_it_an_ordinary_talk(desk: Desk) -> None:
    _, citizen = desk.walk_in()
    talk_id = citizen.conversation_id
    desk.queue.take(talk_id, YUSUF)
    desk.queue.take(talk_id, YUSUF)  # a second press of the same button
    taken = desk.talks.conversation(talk_id)
    assert (taken.lead_employee_id, taken.lead_name) == (YUSUF, "Yusuf")
    assert desk.queue.walk_ins(SANNE) == []
    assert desk.queue.place_in_line(talk_id) is None
    assert talk_id in {each.id for each in desk.talks.open_conversations(1, MORNING.date())}
    assert desk.talks.take_employee_seat(talk_id, YUSUF).number == 1
    assert desk.talks.admit(citizen.id, desk.now).admitted_at == desk.now


def test_the_second_employee_is_told_that_a_colleague_was_first(desk: Desk) -> None:
    _, citizen = desk.walk_in()
    desk.queue.take(citizen.conversation_id, SANNE)
    with pytest.raises(AlreadyTaken):
        desk.queue.take(citizen.conversation_id, YUSUF)
    assert desk.talks.conversation(citizen.conversation_id).lead_employee_id == SANNE


def test_of_many_threads_one_takes_it(desk: Desk) -> None:
    employees = [SANNE, YUSUF, ILSE]
    for _ in range(5):
        _, citizen = desk.walk_in()
        start = threading.Barrier(len(employees))

        def race(employee: int, talk_id: str = citizen.conversation_id, start=start) -> int | None:
            start.wait()
            try:
                desk.queue.take(talk_id, employee)
            except AlreadyTaken:
                return None
            return employee

        with ThreadPoolExecutor(len(employees)) as pool:
            winners = [each for each in pool.map(race, employees) if each]
        assert winners == [desk.talks.conversation(citizen.conversation_id).lead_employee_id]


def _race_in_process(url: str, talk_id: str, employee: int, start, results) -> None:
    database = connect(url, "a secret of the tests")
    start.wait()
    try:
        StoredQueue(database).take(talk_id, employee)
        results.put(employee)
    except AlreadyTaken:
        results.put(None)
    database.close()


def test_of_many_processes_one_takes_it(desk: Desk, database_url: str) -> None:
    _, citizen = desk.walk_in()
    spawn = multiprocessing.get_context("spawn")
    start, results = spawn.Barrier(3), spawn.Queue()
    processes = [
        spawn.Process(
            target=_race_in_process, args=(database_url, citizen.conversation_id, each, start, results)
        )
        for each in (SANNE, YUSUF, ILSE)
    ]
    for process in processes:
        process.start()
    outcomes = [results.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    winners = [each for each in outcomes if each]
    assert winners == [desk.talks.conversation(citizen.conversation_id).lead_employee_id]


def test_the_line_moves_up(desk: Desk) -> None:
    people = []
    for terminal in ("t1", "t2", "t3"):
        people.append(desk.walk_in(terminal)[1].conversation_id)
        desk.pass_time(timedelta(minutes=1))
    assert [desk.queue.place_in_line(each) for each in people] == [1, 2, 3]
    desk.queue.take(people[0], SANNE)
    assert [desk.queue.place_in_line(each) for each in people] == [None, 1, 2]
    assert desk.queue.leave("t2").ended == (people[1],)
    assert [desk.queue.place_in_line(each) for each in people] == [None, None, 1]
    assert desk.queue.place_in_line("nobody") is None


def test_each_team_sees_its_own_line_and_what_is_everybodys(desk: Desk) -> None:
    for number, team in enumerate((BURGERZAKEN, WERK, None)):
        desk.walk_in(f"t{number}", team)
        desk.pass_time(timedelta(minutes=1))
    seen = {
        who: [(each.place, each.team) for each in desk.queue.walk_ins(who)] for who in (SANNE, YUSUF, ILSE)
    }
    assert seen[SANNE] == [(1, "Burgerzaken"), (2, "")]
    assert seen[YUSUF] == [(1, "Werk en inkomen"), (2, "")]
    assert seen[ILSE] == [(1, "Burgerzaken"), (2, "Werk en inkomen"), (3, "")]
    burgerzaken, werk, everybodys = (each.conversation_id for each in desk.queue.walk_ins(ILSE))
    assert [desk.queue.place_in_line(each) for each in (burgerzaken, werk, everybodys)] == [1, 1, 3]
    with pytest.raises(NotFound):
        desk.queue.take(burgerzaken, YUSUF)
    desk.queue.take(werk, YUSUF)
    desk.queue.take(burgerzaken, ILSE)


def test_who_went_without_a_word_is_not_in_line(desk: Desk) -> None:
    desk.queue.begin_walk_in("t1", "nl")
    entry, seat = desk.walk_in("t2")
    desk.pass_time(ON_THE_WAY)
    assert [each.conversation_id for each in desk.queue.walk_ins(SANNE)] == [seat.conversation_id]
    assert desk.queue.place_in_line(seat.conversation_id) == 1
    assert purge(desk.database, desk.now + timedelta(seconds=1))["deserted walk-ins"] == 1
    desk.pass_time(LONGEST_WAIT)
    assert desk.queue.walk_ins(SANNE) == []
    assert not desk.queue.is_open(entry.id)
    assert purge(desk.database, desk.now)["deserted walk-ins"] == 1
    assert not desk.talks.conversation(seat.conversation_id).is_open


def test_purging_leaves_who_waits_and_who_talks(desk: Desk) -> None:
    """Else a purge that ends all would pass above."""
    _, waits = desk.walk_in("t1")
    _, talks = desk.walk_in("t2")
    desk.queue.take(talks.conversation_id, SANNE)
    desk.talks.leave(talks.id)
    assert purge(desk.database, MORNING + timedelta(hours=2))["deserted walk-ins"] == 0
    assert desk.talks.conversation(waits.conversation_id).is_open
    assert desk.talks.conversation(talks.conversation_id).is_open


def test_nobody_takes_what_is_over_or_elsewhere(desk: Desk) -> None:
    _, citizen = desk.walk_in()
    for employee in (99, _stranger(desk)):
        with pytest.raises(NotFound):
            desk.queue.take(citizen.conversation_id, employee)
        assert desk.queue.walk_ins(employee) == []
    desk.queue.leave("t1")
    with pytest.raises(ConversationEnded):
        desk.queue.take(citizen.conversation_id, SANNE)
    with pytest.raises(NotFound):
        desk.queue.take("nothing", SANNE)


def _stranger(desk: Desk) -> int:
    """An employee of another municipality in the same database."""
    from app.storage.tables import MunicipalityRow, TeamRow

    with desk.database.writing() as session:
        there = MunicipalityRow(
            slug="elders", name="Elders", phone="", email="", website="", address="", opening_hours={}, theme="x"
        )  # fmt: skip
        session.add(there)
        session.flush()
        team = TeamRow(municipality_id=there.id, name="Team")
        session.add(team)
        session.flush()
        stranger = EmployeeRow(
            municipality_id=there.id, team_id=team.id, user_name="vreemd", name="V", display_name="V", role="manager",
            password_hash="!",
        )  # fmt: skip
        session.add(stranger)
        session.flush()
        return stranger.id


def test_without_the_service_or_the_team_nobody_waits(desk: Desk) -> None:
    with pytest.raises(NoWalkIn):
        desk.queue.begin_walk_in("t1", "nl", 99)
    with pytest.raises(ValueError, match="language"):
        desk.queue.begin_walk_in("t1", "<b>")
    with desk.database.writing() as session:
        session.execute(update(ServiceTypeRow).where(ServiceTypeRow.slug == "vrij-inlopen").values(slug="x"))
    with pytest.raises(NoWalkIn):
        desk.queue.begin_walk_in("t1", "nl")
    assert desk.queue.walk_ins(SANNE) == []


# --- Entries


def test_an_entry_opens_once(desk: Desk) -> None:
    token = desk.queue.begin_walk_in("t1", "ar").token
    entry = desk.queue.use_entry(token)
    assert (entry.terminal_id, entry.language, entry.walk_in) == ("t1", "ar", True)
    assert desk.queue.is_open(entry.id)
    with pytest.raises(EntryClosed):
        desk.queue.use_entry(token)


def test_of_many_at_once_one_comes_in(desk: Desk) -> None:
    token, start = desk.queue.begin_walk_in("t1", "ar").token, threading.Barrier(8)

    def race(_number: int) -> bool:
        start.wait()
        try:
            desk.queue.use_entry(token)
        except EntryClosed:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(race, range(8))) == 1


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1)])
def test_an_entry_is_for_a_minute(desk: Desk, late: timedelta) -> None:
    just, too_late = (desk.queue.begin_walk_in(each, "nl").token for each in ("t1", "t2"))
    desk.pass_time(ENTRY_LIFE - timedelta(milliseconds=1))
    desk.queue.use_entry(just)
    desk.pass_time(timedelta(milliseconds=1) + late)
    with pytest.raises(EntryClosed):
        desk.queue.use_entry(too_late)


@pytest.mark.parametrize("token", ["", "x" * 43, "x" * 100_000, "\0", "\ud800", "' OR 1=1 --"])
def test_a_foreign_entry_opens_nothing(desk: Desk, token: str) -> None:
    desk.queue.begin_walk_in("t1", "nl")
    with pytest.raises(EntryClosed):
        desk.queue.use_entry(token)


def test_leaving_ends_all_of_this_terminal_and_nothing_else(desk: Desk) -> None:
    mine, seat = desk.walk_in("t1")
    others, other_seat = desk.walk_in("t2")
    unused = desk.queue.begin_walk_in("t1", "nl").token
    left = desk.queue.leave("t1")
    assert [each.id for each in left.seats] == [seat.id]
    assert seat.conversation_id in left.ended
    assert len(left.ended) == 2
    assert not desk.queue.is_open(mine.id)
    assert not desk.queue.is_open("made up")
    with pytest.raises(EntryClosed):
        desk.queue.use_entry(unused)
    assert desk.queue.is_open(others.id)
    assert desk.talks.seat(other_seat.id) == other_seat
    again = desk.queue.leave("t1")
    assert (again.seats, again.ended) == ((), ())


def test_leaving_in_mid_talk_leaves_the_employee_there(desk: Desk) -> None:
    _, seat = desk.walk_in()
    desk.queue.take(seat.conversation_id, SANNE)
    lead = desk.talks.take_employee_seat(seat.conversation_id, SANNE)
    desk.talks.admit(seat.id, desk.now)
    left = desk.queue.leave("t1")
    assert ([each.id for each in left.seats], left.ended) == ([seat.id], ())
    assert [each.id for each in desk.talks.conversation(seat.conversation_id).seats] == [lead.id]


def test_an_entry_that_nobody_used_throws_nobody_out(desk: Desk) -> None:
    """The citizen sits at home with the link; somebody at a terminal typed the code and went."""
    _, link = desk.talk()
    seat = desk.talks.take_seat(link.invitation.id)
    desk.enter(desk.queue.make_short_code(link.invitation.id))
    assert desk.queue.leave("t1").seats == ()
    assert desk.talks.seat(seat.id) == seat


# --- Short codes


def test_a_code_leads_to_its_talk_all_day(desk: Desk) -> None:
    _, link = desk.talk()
    code = desk.queue.make_short_code(link.invitation.id)
    assert re.fullmatch(r"\d{6}", code)
    for terminal in ("t1", "t2"):
        new = desk.enter(code, terminal)
        entry = desk.queue.use_entry(new.token)
        assert (entry.invitation_id, entry.walk_in, new.place) == (link.invitation.id, False, None)
        desk.pass_time(timedelta(hours=6))


def test_a_code_is_for_its_own_day(desk: Desk) -> None:
    """The day of the desk: 23:30 UTC is the next morning in Amsterdam."""
    _, link = desk.talk()
    code = desk.queue.make_short_code(link.invitation.id)
    desk.now = datetime(2026, 3, 2, 22, 59, tzinfo=UTC)
    assert purge(desk.database, desk.now)["short codes"] == 0
    desk.enter(code)
    desk.now = datetime(2026, 3, 2, 23, 1, tzinfo=UTC)
    with pytest.raises(ShortCodeWrong):
        desk.enter(code)
    assert purge(desk.database, desk.now)["short codes"] == 1


def test_a_wrong_code_opens_nothing(desk: Desk) -> None:
    _, link = desk.talk()
    code = desk.queue.make_short_code(link.invitation.id)
    other = f"{(int(code) + 1) % 1_000_000:06}"
    for wrong in (other, "", "\0", "\ud800", code[:5], code + "0", "x" * 100_000):
        desk.pass_time(TRIES_WINDOW)
        with pytest.raises(ShortCodeWrong):
            desk.enter(wrong)
    desk.enter(code)


def test_a_new_code_replaces_the_old(desk: Desk) -> None:
    _, link = desk.talk()
    old = desk.queue.make_short_code(link.invitation.id)
    new = desk.queue.make_short_code(link.invitation.id)
    desk.enter(new)
    with pytest.raises(ShortCodeWrong):
        desk.enter(old)


def test_a_new_link_ends_the_code(desk: Desk) -> None:
    _, link = desk.talk()
    code = desk.queue.make_short_code(link.invitation.id)
    desk.talks.replace_link(link.invitation.id)
    with pytest.raises(ShortCodeWrong):
        desk.enter(code)
    with pytest.raises(NotFound):
        desk.queue.make_short_code(link.invitation.id)


def test_the_code_of_an_ended_talk_says_so(desk: Desk) -> None:
    talk, link = desk.talk()
    code = desk.queue.make_short_code(link.invitation.id)
    desk.talks.end_conversation(talk.id, desk.now)
    with pytest.raises(ConversationEnded):
        desk.enter(code)
    with pytest.raises(ConversationEnded):
        desk.queue.make_short_code(link.invitation.id)


def _type_wrong(desk: Desk, times: int, terminal: str = "t1") -> int:
    """How many of these tries were looked at."""
    looked_at = 0
    for _ in range(times):
        try:
            desk.enter("abcdef", terminal)
        except ShortCodeWrong:
            looked_at += 1
        except TooManyTries:
            pass
    return looked_at


def test_who_guesses_is_stopped_and_may_come_back(desk: Desk) -> None:
    _, link = desk.talk()
    code = desk.queue.make_short_code(link.invitation.id)
    assert _type_wrong(desk, TRIES_PER_TERMINAL + 5) == TRIES_PER_TERMINAL
    with pytest.raises(TooManyTries):
        desk.enter(code)  # not even the right one
    desk.enter(code, "t2")  # another terminal is nobody's fault
    desk.pass_time(TRIES_WINDOW)
    desk.enter(code)
    assert purge(desk.database, desk.now + timedelta(seconds=1))["wrong short codes"] == TRIES_PER_TERMINAL


def test_many_terminals_together_are_stopped_too(desk: Desk) -> None:
    looked_at = sum(_type_wrong(desk, TRIES_PER_TERMINAL, f"t{number}") for number in range(12))
    assert looked_at == TRIES_IN_ALL
    _, link = desk.talk()
    with pytest.raises(TooManyTries):
        desk.enter(desk.queue.make_short_code(link.invitation.id), "another")


def test_tries_at_the_same_moment_are_counted(desk: Desk) -> None:
    start = threading.Barrier(16)

    def guess(_number: int) -> int:
        start.wait()
        return _type_wrong(desk, 1)

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(guess, range(16))) <= TRIES_PER_TERMINAL


def test_the_right_code_is_never_a_try(desk: Desk) -> None:
    _, link = desk.talk()
    code = desk.queue.make_short_code(link.invitation.id)
    for _ in range(TRIES_PER_TERMINAL * 2):
        desk.enter(code)


def test_two_people_never_have_one_code(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["000001", "000001", "000001", "000002"])
    monkeypatch.setattr("app.storage.queue.new_short_code", lambda: next(drawn))
    codes = [desk.queue.make_short_code(desk.talk()[1].invitation.id) for _ in range(2)]
    assert codes == ["000001", "000002"]


def test_nothing_kept_gives_a_code_or_an_entry_back(desk: Desk) -> None:
    _, link = desk.talk()
    code, token = desk.queue.make_short_code(link.invitation.id), desk.queue.begin_walk_in("t1", "nl").token
    kept = desk.everything_kept()
    assert code not in kept
    assert token not in kept
    assert link.invitation.id in kept, "the control: what is kept is seen"
    from hashlib import sha256

    plain = {
        sha256(f"{each}{code}".encode()).hexdigest() for each in ("", "2026-03-02 ", "short code 2026-03-02 ")
    }
    assert not any(each in kept for each in plain), "a million plain hashes are tried in a second"


# --- Call-backs


def test_a_request_comes_back_as_it_was_asked(desk: Desk) -> None:
    desk.call_backs.keep_call_back(str(uuid4()), WISH)
    (asked,) = desk.call_backs.call_backs(1)
    assert (asked.wish, asked.received_at) == (WISH, MORNING)
    assert desk.call_backs.call_backs(2) == []


def test_the_same_request_twice_is_one(desk: Desk) -> None:
    first, other = str(uuid4()), str(uuid4())
    for call_back_id in (first, other, first):
        desk.call_backs.keep_call_back(call_back_id, WISH)
    assert {each.id for each in desk.call_backs.call_backs(1)} == {first, other}


def test_the_same_request_from_many_threads_is_one(desk: Desk) -> None:
    call_back_id, start = str(uuid4()), threading.Barrier(8)

    def deliver(_number: int) -> None:
        start.wait()
        desk.call_backs.keep_call_back(call_back_id, WISH)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(deliver, range(8)))
    assert [each.id for each in desk.call_backs.call_backs(1)] == [call_back_id]


def test_who_was_called_is_gone_and_stays_gone(desk: Desk) -> None:
    call_back_id, waits = str(uuid4()), str(uuid4())
    for each in (call_back_id, waits):
        desk.call_backs.keep_call_back(each, WISH)
    desk.call_backs.called(call_back_id, 1)
    desk.call_backs.called(call_back_id, 1)  # a colleague presses too
    desk.call_backs.keep_call_back(call_back_id, WISH)  # the terminal never read our answer
    assert [each.id for each in desk.call_backs.call_backs(1)] == [waits]
    for wrong in ("nothing", "\0", "x" * 1000):
        with pytest.raises(NotFound):
            desk.call_backs.called(wrong, 1)
    with pytest.raises(NotFound):
        desk.call_backs.called(waits, 2)


def test_a_request_is_kept_for_two_weeks(desk: Desk) -> None:
    call_back_id = str(uuid4())
    desk.call_backs.keep_call_back(call_back_id, WISH)
    assert purge(desk.database, MORNING + CALL_BACK_LIFE)["call-backs"] == 0
    late = MORNING + CALL_BACK_LIFE + timedelta(seconds=1)
    assert purge(desk.database, late)["call-backs"] == 1
    desk.call_backs.keep_call_back(call_back_id, WISH)
    assert desk.call_backs.call_backs(1) == []
    assert purge(desk.database, MORNING + timedelta(days=91))["numbers of call-backs"] == 1


def test_no_word_of_a_request_stands_in_the_database(desk: Desk) -> None:
    call_back_id = str(uuid4())
    desk.call_backs.keep_call_back(call_back_id, WISH)
    kept = desk.everything_kept()
    assert call_back_id in kept, "the control: what is kept is seen"
    for word in (WISH.name, WISH.phone, WISH.subject, WISH.wanted_at):
        assert word not in kept


def test_a_demo_of_an_older_version_gets_the_walk_in(desk: Desk) -> None:
    with desk.database.writing() as session:
        old = session.scalars(select(ServiceTypeRow).where(ServiceTypeRow.slug == "vrij-inlopen")).one()
        session.delete(old)
    with pytest.raises(NoWalkIn):
        desk.queue.begin_walk_in("t1", "nl")
    seed_demo(desk.database, MORNING, QUICK)
    assert desk.queue.begin_walk_in("t1", "nl").place == 1
    assert len(desk.talks.service_types(1)) == 4
