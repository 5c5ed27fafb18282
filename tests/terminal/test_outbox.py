"""Ten requests to be called back, made without a line and with power cuts between: ten come in, each once, and who
takes the disk reads none of them."""

import multiprocessing
import os
import random
import signal
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.domain.call_backs import CALL_BACK_LIFE, CallBackUnreadable
from app.kiosk.device.delivering import Delivering
from app.kiosk.device.line import LineDown, LineRefused
from app.kiosk.device.outbox import (
    LONGEST_PAUSE,
    Outbox,
    OutboxClosed,
    OutboxFull,
    pause_after,
)
from app.kiosk.device.store import NewerStore, Store
from app.kiosk.device.store import outbox as outbox_table
from app.kiosk.sealing import SealingKeys, seal
from tests.terminal.outbox_process import ADD_POINTS, DELIVER_POINTS, Task, run
from tests.terminal.receiving import Mood, Municipality
from tests.terminal_server import line
from tests.terminal_server import terminal as terminal_of
from tests.waiting import until

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.terminal.outbox_process"])
NUMBERS = ("Een", "Twee", "Drie", "Vier", "Vijf", "Zes", "Zeven", "Acht", "Negen", "Tien")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def request_of(number: int) -> dict[str, str]:
    return {
        "name": f"Wilhelmina Öztürk-{NUMBERS[number]}",
        "phone": f"06-5550{number:04}",
        "language": "nl",
        "subject": "Verhuizen",
    }


TEN = tuple((str(uuid4()), request_of(number)) for number in range(10))


@pytest.fixture
def municipality(tmp_path: Path, migrated: Callable[[str], str]) -> Iterator[Municipality]:
    receiving = Municipality(tmp_path / "municipality", migrated("sqlite"))
    yield receiving
    receiving.close()


class Terminal:
    """One terminal: its disk outlives its processes."""

    def __init__(self, data_dir: Path, municipality: Municipality) -> None:
        self.data_dir = data_dir
        self.municipality = municipality
        self.cuts = 0
        self.looked_at: set[str] = set()
        sender = terminal_of(municipality)
        self.key, self.id = sender.key.private_bytes_raw(), sender.key_id
        store = Store(data_dir)
        Outbox(store, seal).fetch_key(line(sender))
        store.close()

    def task(self, **what: Any) -> Task:
        return Task(self.data_dir, self.municipality.url, self.key, self.id, **what)

    def run(self, task: Task, cut_after_s: float | None = None, cut_when_stored: bool = False) -> list[Any]:
        """What the process told before it ended or lost its power."""
        ours, theirs = _processes.Pipe()
        process = _processes.Process(target=run, args=(task, theirs))
        process.start()
        theirs.close()
        if cut_when_stored:
            self.municipality.on_stored = lambda: os.kill(process.pid or 0, signal.SIGKILL)
        if cut_after_s is not None:
            time.sleep(
                cut_after_s
            )  # a power cut waits for nothing: this is the test's input, not its patience
            process.kill()
        told = []
        try:
            while True:
                told.append(ours.recv())
        except EOFError:
            pass
        process.join()
        self.municipality.on_stored = lambda: None
        if process.exitcode == -signal.SIGKILL:
            self.cuts += 1
        else:
            assert process.exitcode == 0, f"it failed by itself: {process.exitcode}, {told}"
        return told

    def left(self) -> int:
        store = Store(self.data_dir)
        try:
            return Outbox(store, seal).left()
        finally:
            store.close()

    def readable(self) -> set[str]:
        """Which names and telephone numbers can be read in any file, the log of the database included."""
        files = {path: path.read_bytes() for path in self.data_dir.rglob("*") if path.is_file()}
        self.looked_at |= {path.name for path in files}
        found = set()
        for _id, request in TEN:
            for word in (request["name"], request["phone"], request["name"].split("-")[0]):
                forms = {word.encode(), word.encode("utf-16-le"), ascii(word)[1:-1].encode()}
                if any(form in content for content in files.values() for form in forms):
                    found.add(word)
        return found


@pytest.fixture
def terminal(tmp_path: Path, municipality: Municipality) -> Terminal:
    return Terminal(tmp_path / "data", municipality)


def names(requests: list[dict[str, str]]) -> list[str]:
    return sorted(request["name"] for request in requests)


ALL_NAMES = names([request for _id, request in TEN])


def make_ten(terminal: Terminal, dice: random.Random) -> None:
    """Each with a cut at another point or moment. A form whose sending was cut off is sent once more."""
    for number, form in enumerate(TEN):
        task = terminal.task(adds=(form,))
        if number % 2:
            told = terminal.run(task, cut_after_s=dice.uniform(0, 0.08))
        else:
            told = terminal.run(replace(task, cut_at=ADD_POINTS[number // 2]))
        if ("kept", form[0]) not in told:
            assert terminal.run(task)[0] == ("kept", form[0])
        assert terminal.readable() == set()


def test_ten_requests_with_power_cuts_between_come_in_once_and_are_never_readable(
    terminal: Terminal, municipality: Municipality
) -> None:
    dice = random.Random(4)
    make_ten(terminal, dice)
    assert terminal.left() == 10
    assert municipality.requests() == []

    deliver = terminal.task(deliver=True)
    moods: tuple[Mood, ...] = ("loses the request", "loses the answer")
    for mood in moods:
        municipality.mood = mood
        assert terminal.run(deliver)[0][3], "the line is down"
        assert terminal.left() == 10
    municipality.mood = "answers"
    for point in DELIVER_POINTS:
        terminal.run(replace(deliver, cut_at=point))
        assert terminal.readable() == set()
    terminal.run(deliver, cut_when_stored=True)
    for _each in range(4):
        terminal.run(deliver, cut_after_s=dice.uniform(0, 0.05))
        assert terminal.readable() == set()
    while terminal.left():
        terminal.run(deliver)
    assert terminal.cuts >= 10, "too few cuts to say anything"
    assert municipality.posts > 10, "no request was ever sent again, so nothing was tried"
    assert names(municipality.requests()) == ALL_NAMES
    assert terminal.readable() == set()
    assert terminal.looked_at >= {"terminal.sqlite", "terminal.sqlite-wal"}


@pytest.mark.parametrize("point", ADD_POINTS)
def test_what_was_said_to_be_kept_is_kept_and_what_was_cut_off_is_whole_or_not_there(
    terminal: Terminal, point: str
) -> None:
    told = terminal.run(terminal.task(adds=TEN[:3], cut_at=f"{point} 2"))
    assert terminal.cuts == 1
    kept = [each for each in told if each[0] == "kept"]
    assert terminal.left() == (2 if point in ("add:committed", "add:returned") else 1) >= len(kept)


@pytest.mark.parametrize("point", DELIVER_POINTS)
def test_a_cut_while_delivering_neither_loses_nor_doubles(
    terminal: Terminal, municipality: Municipality, point: str
) -> None:
    terminal.run(terminal.task(adds=TEN[:3]))
    terminal.run(terminal.task(deliver=True, cut_at=point))
    assert terminal.cuts == 1
    assert terminal.left() + len(municipality.requests()) >= 3
    terminal.run(terminal.task(deliver=True))
    assert terminal.left() == 0
    assert names(municipality.requests()) == names([request for _id, request in TEN[:3]])


def test_control_the_search_would_find_a_request_that_is_not_sealed(terminal: Terminal) -> None:
    terminal.run(terminal.task(adds=TEN, sealed=False, cut_at="add:returned 10"))
    assert {request["name"] for _id, request in TEN} <= terminal.readable()
    assert {request["phone"] for _id, request in TEN} <= terminal.readable()


def test_control_a_careless_outbox_loses_a_request(terminal: Terminal, municipality: Municipality) -> None:
    terminal.run(terminal.task(adds=TEN))
    terminal.run(terminal.task(deliver=True, careless="forgets", cut_at="post:begin 2"))
    terminal.run(terminal.task(deliver=True))
    assert terminal.left() == 0
    assert len(municipality.requests()) == 9


def test_control_an_outbox_that_renames_delivers_twice(
    terminal: Terminal, municipality: Municipality
) -> None:
    terminal.run(terminal.task(adds=TEN))
    terminal.run(terminal.task(deliver=True, careless="renames"), cut_when_stored=True)
    terminal.run(terminal.task(deliver=True, careless="renames"))
    assert len(municipality.requests()) == 11


class ScriptedLine:
    """Answers as it is told; remembers what was posted."""

    def __init__(self, *answers: dict[str, Any] | Exception) -> None:
        self.answers = list(answers)
        self.posted: list[str] = []

    def get(self, path: str) -> dict[str, Any]:
        return {"public_key": b64encode(SealingKeys(["another secret"]).public_key).decode()}

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self.posted.append(body["id"])
        answer = self.answers.pop(0) if self.answers else {"received": True}
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def box(store: Store) -> Outbox:
    made = Outbox(store, seal, room=3)
    made.learn_key(SealingKeys(["a secret"]).public_key)
    return made


def test_without_the_municipalitys_key_nothing_is_kept(store: Store) -> None:
    box = Outbox(store, seal)
    assert not box.is_open()
    with pytest.raises(OutboxClosed):
        box.add(request_of(1))
    with pytest.raises(ValueError, match="32 bytes"):
        box.learn_key(b"short")
    assert box.left() == 0


def test_a_full_outbox_refuses_the_next_but_knows_the_same_form_again(box: Outbox) -> None:
    form = str(uuid4())
    for number in range(2):
        box.add(request_of(number))
    assert box.is_open()
    assert box.add(request_of(2), form) == form
    assert not box.is_open()
    with pytest.raises(OutboxFull):
        box.add(request_of(3))
    assert box.add(request_of(2), form) == form
    assert box.left() == 3


def test_what_no_person_sends_is_not_kept(box: Outbox) -> None:
    with pytest.raises(CallBackUnreadable):
        box.add({"name": "Wilhelmina", "phone": "geen"})
    with pytest.raises(CallBackUnreadable):
        box.add({"name": "Wilhelmina"})
    with pytest.raises(ValueError, match="UUID"):
        box.add(request_of(1), "no id at all")
    assert box.left() == 0


def test_a_sealed_request_does_not_tell_how_long_a_name_is(box: Outbox, store: Store) -> None:
    box.add({"name": "Bo", "phone": "14 010"})
    box.add({"name": "Wilhelmina van der Heijden-Öztürk", "phone": "06-12345678"})
    with store.reading() as connection:
        first, second = connection.scalars(select(outbox_table.c.sealed))
    assert len(first) == len(second)


def test_nothing_is_removed_without_a_receipt_and_a_refused_one_does_not_stop_the_others(box: Outbox) -> None:
    ids = [box.add(request_of(number), now=NOW) for number in range(3)]
    line = ScriptedLine(LineRefused("bad_request"), {}, {"received": True})
    done = box.deliver(line, NOW)
    assert (line.posted, done.n, done.left, done.held_up) == (ids, 1, 2, False)
    assert box.refused() == 2
    again = ScriptedLine()
    assert box.deliver(again, NOW + timedelta(seconds=1)).left == 2
    assert again.posted == [], "put off"
    assert box.deliver(again, NOW + pause_after(0)).left == 0
    assert again.posted == ids[:2]
    assert box.refused() == 0


@pytest.mark.parametrize("problem", [LineDown("network"), LineRefused("clock_off"), LineRefused("revoked")])
def test_what_holds_up_one_holds_up_all_and_costs_no_turn(box: Outbox, problem: Exception) -> None:
    ids = [box.add(request_of(number), now=NOW) for number in range(2)]
    line = ScriptedLine(problem)
    assert box.deliver(line, NOW).held_up
    assert line.posted == ids[:1]
    assert box.deliver(line, NOW).n == 2


def test_a_clock_that_is_set_back_does_not_hold_a_request(box: Outbox) -> None:
    box.add(request_of(1), now=NOW)
    box.deliver(ScriptedLine(LineRefused("bad_request")), NOW)
    line = ScriptedLine()
    assert box.deliver(line, NOW - timedelta(days=400)).left == 0
    assert len(line.posted) == 1


def test_pauses_grow_to_ten_minutes() -> None:
    assert [pause_after(tries).total_seconds() for tries in range(7)] == [15, 30, 60, 120, 240, 480, 600]
    assert pause_after(10_000) == LONGEST_PAUSE


def test_the_thread_delivers_when_the_line_is_back_without_waiting_for_its_pause(
    box: Outbox,
) -> None:
    asked = Event()

    class DeadLine(ScriptedLine):
        def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
            asked.set()
            return super().post(path, body)

    line = DeadLine(LineDown("network"), OSError("something else"), LineDown("network"))
    delivering = Delivering(box, lambda: line)
    delivering.start()
    try:
        box.add(request_of(1))
        assert asked.wait(60), "an added request is tried at once"
        for _each in range(3):
            until(lambda: not box.something_to_do.is_set(), "the thread takes no notice")
            delivering.wake()
        until(lambda: box.left() == 0, "it was not delivered when the line came back")
    finally:
        delivering.stop()
    assert len(set(line.posted)) == 1


def test_what_the_database_is_set_to_survives_a_power_cut(store: Store) -> None:
    with store.reading() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "secure_delete")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}


def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writing() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 99")
    store.close()
    with pytest.raises(NewerStore):
        Store(tmp_path)


def test_the_file_is_for_the_terminal_alone(tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    store.keep("something", b"1")
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "data").iterdir()} == {0}
    store.close()


def test_the_municipalitys_key_is_learnt_while_the_line_is_up_and_a_new_one_later(store: Store) -> None:
    box = Outbox(store, seal)
    delivering = Delivering(box, ScriptedLine)
    delivering.start()
    try:
        until(box.is_open, "it did not fetch the key")
        request_id = box.add(request_of(1))
    finally:
        delivering.stop()
    with store.reading() as connection:
        kept = {
            row.id: row.sealed for row in connection.execute(select(outbox_table.c.id, outbox_table.c.sealed))
        }
    if request_id in kept:  # else it went at once
        assert SealingKeys(["another secret"]).open(kept[request_id])


@pytest.mark.parametrize("told", [{}, {"public_key": 1}, {"public_key": "!"}, {"public_key": "c2hvcnQ="}])
def test_what_is_no_key_is_not_learnt(store: Store, told: dict[str, Any]) -> None:
    class OddLine(ScriptedLine):
        def get(self, path: str) -> dict[str, Any]:
            return told

    box = Outbox(store, seal)
    with pytest.raises(ValueError, match=r"."):
        box.fetch_key(OddLine())
    assert not box.has_key()


def test_a_terminal_that_belongs_to_nobody_waits(box: Outbox) -> None:
    box.add(request_of(1))
    asked = Event()

    def no_line() -> None:
        asked.set()

    delivering = Delivering(box, no_line)
    delivering.start()
    assert asked.wait(60)
    delivering.stop()
    assert box.left() == 1


def test_what_is_refused_for_fourteen_days_goes_and_what_only_waits_stays(
    box: Outbox, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    refused = box.add(request_of(1), now=NOW)
    waits = box.add(request_of(2), now=NOW)
    late = NOW + CALL_BACK_LIFE + timedelta(seconds=1)
    box.deliver(ScriptedLine(LineRefused("bad_body"), LineDown("network")), NOW)
    box.deliver(ScriptedLine(LineRefused("bad_body"), LineDown("network")), late)
    with store.reading() as connection:
        assert connection.scalars(select(outbox_table.c.id)).all() == [waits]
    assert refused not in caplog.text
    assert "1 dropped" in caplog.text
