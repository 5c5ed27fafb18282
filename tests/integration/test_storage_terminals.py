"""Terminals in the database: codes that open once and in time, nonces that count once, alarms that are sent once."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import text

from app.domain.terminals import (
    CODE_ALPHABET,
    CODE_LENGTH,
    CODE_LIFE,
    CODE_LOCK,
    OPEN_ENROLMENTS,
    WRONG_CODES,
    CodeExpired,
    CodeLocked,
    CodeUsed,
    CodeWrong,
    Heartbeat,
    KeyRevoked,
    Replayed,
    SelfTest,
    Terminal,
    TerminalNotFound,
    TerminalProfile,
    TooManyEnrolments,
)
from app.storage.database import Database
from app.storage.demo import seed_demo
from app.storage.purge import purge
from app.storage.terminals import StoredTerminals

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SANNE, ILSE = 1, 2
KEY = bytes(range(32))
PROFILE = TerminalProfile("Bibliotheek", {"mon": "09:00-17:00"}, None, ("nl", "ar"), True, "tablet", True)
HEARTBEAT = Heartbeat(NOW, "1.0", "a", NOW, 0, 10**12, None, "wifi", True, False, -0.5)
WRONG = "A" * CODE_LENGTH


@pytest.fixture
def terminals(database: Database) -> StoredTerminals:
    seed_demo(database, NOW, QUICK)
    return StoredTerminals(database)


def enrol(terminals: StoredTerminals, key: bytes = KEY, profile: TerminalProfile = PROFILE) -> Terminal:
    return terminals.confirm_enrolment(terminals.begin_enrolment(key, NOW), profile, SANNE, NOW)


def key(number: int) -> bytes:
    return number.to_bytes(32, "big")


def at_once(work: Callable[[int], object], times: int) -> list[object]:
    """What each gave or raised."""
    results: list[object] = [None] * times

    def run(number: int) -> None:
        try:
            results[number] = work(number)
        except Exception as raised:
            results[number] = type(raised)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_code_makes_a_terminal(terminals: StoredTerminals) -> None:
    code = terminals.begin_enrolment(KEY, NOW)
    assert len(code) == CODE_LENGTH
    assert set(code) <= set(CODE_ALPHABET)
    assert terminals.enrolment_open_until(KEY, NOW) == NOW + CODE_LIFE
    assert terminals.terminal_by_key(KEY) is None, "nothing before an administrator typed it"
    made = terminals.confirm_enrolment(f" {code[:4].lower()}-{code[4:]} ", PROFILE, SANNE, NOW)
    assert made == terminals.terminal(made.id) == terminals.terminal_by_key(KEY)
    assert (made.state, made.public_key, made.profile, made.enrolled_at) == ("new", KEY, PROFILE, NOW)
    assert terminals.enrolment_open_until(KEY, NOW) is None


def test_the_code_stands_nowhere(terminals: StoredTerminals, database: Database) -> None:
    code = terminals.begin_enrolment(KEY, NOW)
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM terminal_enrolment")).all()
    assert rows
    assert code not in str(rows)


def test_a_wrong_code_opens_nothing(terminals: StoredTerminals) -> None:
    code = terminals.begin_enrolment(KEY, NOW)
    for wrong in (
        WRONG,
        "",
        code[:7],
        code + "A",
        code[::-1] if code != code[::-1] else WRONG,
        "\0",
        "\ud800",
        "A" * 10**6,
    ):
        with pytest.raises(CodeWrong):
            terminals.confirm_enrolment(wrong, PROFILE, SANNE, NOW)
    assert terminals.terminal_by_key(KEY) is None
    assert terminals.confirm_enrolment(code, PROFILE, SANNE, NOW).public_key == KEY


def test_a_code_lives_ten_minutes(terminals: StoredTerminals) -> None:
    code = terminals.begin_enrolment(KEY, NOW)
    with pytest.raises(CodeExpired):
        terminals.confirm_enrolment(code, PROFILE, SANNE, NOW + CODE_LIFE)
    assert terminals.terminal_by_key(KEY) is None
    just_in_time = NOW + CODE_LIFE - timedelta(seconds=1)
    assert terminals.confirm_enrolment(code, PROFILE, SANNE, just_in_time).public_key == KEY


def test_a_code_opens_once(terminals: StoredTerminals) -> None:
    code = terminals.begin_enrolment(KEY, NOW)
    made = terminals.confirm_enrolment(code, PROFILE, SANNE, NOW)
    with pytest.raises(CodeUsed):
        terminals.confirm_enrolment(code, replace(PROFILE, location="Elders"), ILSE, NOW)
    assert terminals.terminal(made.id).profile == PROFILE


def test_two_who_type_it_at_once_make_one_terminal(terminals: StoredTerminals) -> None:
    code = terminals.begin_enrolment(KEY, NOW)
    results = at_once(lambda n: terminals.confirm_enrolment(code, PROFILE, 1 + n % 2, NOW), 4)
    assert len([each for each in results if isinstance(each, Terminal)]) == 1
    assert [each for each in results if not isinstance(each, Terminal)] == [CodeUsed] * 3
    assert len(terminals.all_terminals(1)) == 1


def test_a_newer_code_ends_the_older(terminals: StoredTerminals) -> None:
    old, new = terminals.begin_enrolment(KEY, NOW), terminals.begin_enrolment(KEY, NOW)
    with pytest.raises(CodeExpired):
        terminals.confirm_enrolment(old, PROFILE, SANNE, NOW)
    assert terminals.confirm_enrolment(new, PROFILE, SANNE, NOW).state == "new"


def test_only_so_many_codes_are_open(terminals: StoredTerminals) -> None:
    for number in range(OPEN_ENROLMENTS):
        terminals.begin_enrolment(key(number), NOW)
    with pytest.raises(TooManyEnrolments):
        terminals.begin_enrolment(KEY, NOW)
    assert terminals.begin_enrolment(key(0), NOW), "who has one may renew it"
    assert terminals.begin_enrolment(KEY, NOW + CODE_LIFE), "the others have expired"


def test_a_crowd_at_once_gets_no_more_codes_than_that(terminals: StoredTerminals) -> None:
    for number in range(OPEN_ENROLMENTS - 2):
        terminals.begin_enrolment(key(number), NOW)
    results = at_once(lambda n: terminals.begin_enrolment(key(100 + n), NOW), 6)
    assert len([each for each in results if isinstance(each, str)]) == 2


def guess(terminals: StoredTerminals, code: str, who: int, now: datetime = NOW) -> type[Exception] | None:
    try:
        terminals.confirm_enrolment(code, PROFILE, who, now)
    except Exception as raised:
        return type(raised)
    return None


def test_guessing_locks_even_the_right_code(terminals: StoredTerminals) -> None:
    code = terminals.begin_enrolment(KEY, NOW)
    assert [guess(terminals, WRONG, SANNE) for _ in range(WRONG_CODES)] == [CodeWrong] * WRONG_CODES
    assert guess(terminals, code, SANNE) is CodeLocked
    assert terminals.terminal_by_key(KEY) is None
    assert guess(terminals, code, ILSE) is None, "a colleague is not locked"


def test_one_try_less_locks_nothing(terminals: StoredTerminals) -> None:
    code = terminals.begin_enrolment(KEY, NOW)
    assert [guess(terminals, WRONG, SANNE) for _ in range(WRONG_CODES - 1)] == [CodeWrong] * (WRONG_CODES - 1)
    assert guess(terminals, code, SANNE) is None


def test_guesses_at_once_are_all_counted(terminals: StoredTerminals) -> None:
    results = at_once(lambda _: guess(terminals, WRONG, SANNE), WRONG_CODES + 5)
    assert results.count(CodeWrong) == WRONG_CODES
    assert results.count(CodeLocked) == 5


def test_many_who_guess_together_are_locked_together(terminals: StoredTerminals) -> None:
    code = terminals.begin_enrolment(KEY, NOW)
    guesses = [guess(terminals, WRONG, 100 + number) for number in range(10 * WRONG_CODES)]
    assert set(guesses) == {CodeWrong}
    assert guess(terminals, code, SANNE) is CodeLocked
    later = NOW + CODE_LOCK
    assert guess(terminals, terminals.begin_enrolment(KEY, later), SANNE, later) is None


def test_the_lock_ends(terminals: StoredTerminals) -> None:
    for _ in range(WRONG_CODES):
        guess(terminals, WRONG, SANNE)
    later = NOW + CODE_LOCK
    code = terminals.begin_enrolment(KEY, later)
    assert guess(terminals, code, SANNE, later - timedelta(seconds=1)) is CodeLocked
    assert guess(terminals, code, SANNE, later) is None


def test_a_revoked_key_never_comes_back(terminals: StoredTerminals) -> None:
    code = terminals.begin_enrolment(KEY, NOW)
    made = terminals.confirm_enrolment(code, PROFILE, SANNE, NOW)
    waiting = terminals.begin_enrolment(KEY, NOW)
    revoked = terminals.revoke(made.id, NOW)
    assert (revoked.state, revoked.revoked_at) == ("revoked", NOW)
    with pytest.raises(KeyRevoked):
        terminals.begin_enrolment(KEY, NOW)
    with pytest.raises(CodeWrong):
        terminals.confirm_enrolment(waiting, PROFILE, SANNE, NOW)
    assert terminals.revoke(made.id, NOW + timedelta(days=1)).revoked_at == NOW
    assert terminals.save_heartbeat(made.id, HEARTBEAT).state == "revoked"


def test_a_terminal_that_lost_its_id_keeps_it(terminals: StoredTerminals) -> None:
    first = enrol(terminals)
    again = enrol(terminals, profile=replace(PROFILE, location="Verhuisd"))
    assert again.id == first.id
    assert again.profile.location == "Verhuisd"


def test_what_a_terminal_tells_comes_back_as_it_went(terminals: StoredTerminals) -> None:
    made = enrol(terminals)
    self_test = SelfTest(NOW, True, False, 0.25, 180.5, "no_sound")
    assert terminals.save_heartbeat(made.id, HEARTBEAT).state == "active"
    terminals.save_self_test(made.id, self_test)
    kept = terminals.terminal(made.id)
    assert (kept.heartbeat, kept.self_test) == (HEARTBEAT, self_test)
    for other in (replace(HEARTBEAT, last_good_paint_at=None), replace(HEARTBEAT, off_until=NOW)):
        assert terminals.save_heartbeat(made.id, other).heartbeat == other


def test_all_of_one_municipality_by_place(terminals: StoredTerminals) -> None:
    for number, place in enumerate(("Zaal", "bieb", "Aula", "Archief")):
        made = enrol(terminals, key(number), replace(PROFILE, location=place))
    terminals.revoke(made.id, NOW)
    assert [each.profile.location for each in terminals.all_terminals(1)] == [
        "Aula",
        "bieb",
        "Zaal",
        "Archief",
    ]
    assert terminals.all_terminals(2) == []


def test_who_is_not_there(terminals: StoredTerminals) -> None:
    nobody: list[Callable[[str], object]] = [
        terminals.terminal,
        lambda id_: terminals.save_profile(id_, PROFILE),
        lambda id_: terminals.revoke(id_, NOW),
        lambda id_: terminals.save_heartbeat(id_, HEARTBEAT),
    ]
    for call in nobody:
        for odd in ("0" * 12, "", "\0", "\ud800", "x" * 10_000):
            with pytest.raises(TerminalNotFound):
                call(odd)
    assert not terminals.mark_silent("0" * 12, NOW)


def test_a_nonce_counts_once_even_at_once(terminals: StoredTerminals) -> None:
    results = at_once(lambda _: terminals.use_nonce("one", "n", NOW), 6)
    assert results.count(None) == 1
    assert results.count(Replayed) == 5
    terminals.use_nonce("other", "n", NOW)
    terminals.use_nonce("one", "m", NOW)


def test_of_many_who_notice_silence_one_writes(terminals: StoredTerminals) -> None:
    made = enrol(terminals)
    assert at_once(lambda _: terminals.mark_silent(made.id, NOW), 5).count(True) == 1
    assert terminals.terminal(made.id).silent_since == NOW
    assert at_once(lambda _: terminals.mark_silent(made.id, None), 5).count(True) == 1
    assert terminals.terminal(made.id).silent_since is None


def test_what_is_over_goes_and_the_terminal_stays(terminals: StoredTerminals, database: Database) -> None:
    made = enrol(terminals)
    terminals.use_nonce(made.id, "n", NOW)
    guess(terminals, WRONG, SANNE)
    assert purge(database, NOW + timedelta(minutes=4))["nonces of terminals"] == 0
    with pytest.raises(Replayed):
        terminals.use_nonce(made.id, "n", NOW)
    gone = purge(database, NOW + timedelta(days=1, minutes=11))
    assert (gone["nonces of terminals"], gone["codes of terminals"], gone["wrong codes of terminals"]) == (
        1,
        1,
        2,
    )
    assert terminals.terminal(made.id) == made


def test_a_place_without_a_name_or_end_is_not_kept(terminals: StoredTerminals) -> None:
    made = enrol(terminals)
    for place in ("", "x" * 121):
        with pytest.raises(ValueError, match="location"):
            terminals.save_profile(made.id, replace(PROFILE, location=place))
        with pytest.raises(ValueError, match="location"):
            enrol(terminals, key(1), replace(PROFILE, location=place))
    assert terminals.all_terminals(1) == [made]
    assert terminals.save_profile(made.id, replace(PROFILE, location="x" * 120)).profile.location == "x" * 120


def test_the_hosts_code_is_told_once_and_only_its_hash_is_kept(
    terminals: StoredTerminals, database: Database
) -> None:
    terminal = terminals.confirm_enrolment(terminals.begin_enrolment(KEY, NOW), PROFILE, ILSE, NOW)
    assert (terminal.host_code_hash, terminal.host_code_made_at) == (None, None)
    first, second = (terminals.new_host_code(terminal.id, NOW) for _ in range(2))
    assert first != second
    kept = terminals.terminal(terminal.id)
    assert kept.host_code_made_at == NOW
    assert kept.host_code_hash
    assert PasswordHasher().verify(kept.host_code_hash, second)
    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(kept.host_code_hash, first)
    with database.reading() as session:
        row = str(session.execute(text("SELECT * FROM terminal")).all())
    assert first not in row
    assert second not in row
    assert terminals.save_profile(terminal.id, PROFILE).host_code_hash == kept.host_code_hash
    with pytest.raises(TerminalNotFound):
        terminals.new_host_code("nobody", NOW)
