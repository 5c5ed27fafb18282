"""Fairness, order and honesty of the queue. The worker is held and released by events; nothing sleeps."""

import threading
from collections.abc import Iterator

import pytest

from app.speech.decode_queue import BEHIND_S, MOST_FINALS, DecodeQueue, Job, Rank, Speaker


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class HeldQueue(DecodeQueue):
    """A queue whose only worker is busy until release()."""

    def __init__(self) -> None:
        self.clock = Clock()
        super().__init__(1, self.clock)
        self.done: list[str] = []
        self.dropped: list[str] = []
        self._gate = threading.Event()
        started = threading.Event()

        def hold() -> None:
            started.set()
            self._gate.wait(30)

        self.submit(self.join(lambda _behind: None), Job(Rank.FINAL, hold))
        assert started.wait(30)

    def add(self, speaker: Speaker, rank: Rank, name: str) -> Job:
        job = Job(rank, lambda: self.done.append(name), lambda: self.dropped.append(name))
        self.submit(speaker, job)
        return job

    def release(self) -> None:
        """Everything that waits is worked off, in the queue's order."""
        last = threading.Event()
        self._gate.set()
        # Served after all finals and, being a newcomer, after the other drafts.
        end = self.join(lambda _behind: None)
        self.submit(end, Job(Rank.PARTIAL, last.set))
        assert last.wait(30)


@pytest.fixture
def queue() -> Iterator[HeldQueue]:
    queue = HeldQueue()
    yield queue
    queue._gate.set()
    queue.close()


def quiet(_behind: bool) -> None: ...


def test_finals_come_before_pauses_and_those_before_partials(queue: HeldQueue) -> None:
    a, b, c, d = (queue.join(quiet) for _ in range(4))
    queue.add(a, Rank.PARTIAL, "partial")
    queue.add(d, Rank.FIRST, "first words")
    queue.add(b, Rank.PAUSE, "pause")
    queue.add(c, Rank.FINAL, "final")
    queue.release()
    assert queue.done == ["final", "pause", "first words", "partial"]


def test_one_speaker_with_much_to_say_does_not_starve_another(queue: HeldQueue) -> None:
    chatty, shy = queue.join(quiet), queue.join(quiet)
    for n in range(3):
        queue.add(chatty, Rank.FINAL, f"chatty {n}")
    queue.add(shy, Rank.FINAL, "shy")
    queue.release()
    assert queue.done == ["chatty 0", "shy", "chatty 1", "chatty 2"]


def test_only_the_newest_draft_of_a_speaker_is_decoded(queue: HeldQueue) -> None:
    speaker = queue.join(quiet)
    queue.add(speaker, Rank.PARTIAL, "old")
    queue.add(speaker, Rank.PARTIAL, "new")
    queue.release()
    assert queue.done == ["new"]


def test_a_pause_that_was_the_end_overtakes(queue: HeldQueue) -> None:
    a, b = queue.join(quiet), queue.join(quiet)
    queue.add(a, Rank.PAUSE, "a")
    queue.promote(b, queue.add(b, Rank.PAUSE, "b"))
    queue.release()
    assert queue.done == ["b", "a"]


def test_beyond_catching_up_the_oldest_final_is_given_up(queue: HeldQueue) -> None:
    speaker = queue.join(quiet)
    for n in range(MOST_FINALS + 1):
        queue.add(speaker, Rank.FINAL, str(n))
    assert queue.dropped == ["0"]
    queue.release()
    assert queue.done == ["1", "2", "3", "4"]


def test_who_leaves_takes_their_work_along(queue: HeldQueue) -> None:
    speaker = queue.join(quiet)
    queue.add(speaker, Rank.FINAL, "final")
    queue.add(speaker, Rank.PARTIAL, "partial")
    queue.leave(speaker)
    assert sorted(queue.dropped) == ["final", "partial"]
    queue.release()
    assert queue.done == []


def test_it_says_when_it_falls_behind_and_when_it_has_caught_up(queue: HeldQueue) -> None:
    said: list[bool] = []
    caught_up = threading.Event()

    def tell(behind: bool) -> None:
        said.append(behind)
        if not behind:
            caught_up.set()

    speaker = queue.join(tell)
    queue.add(speaker, Rank.FINAL, "late")
    queue.clock.now += BEHIND_S + 0.1
    queue.add(speaker, Rank.PARTIAL, "draft")
    assert said == [True]
    newcomer: list[bool] = []
    queue.join(newcomer.append)
    assert newcomer == [True], "who comes while it is behind is told so"
    queue._gate.set()
    assert caught_up.wait(30)
    assert said == [True, False]
    queue.release()
    assert queue.done == ["late", "draft"], "the partial waited until all finals were done"


def test_one_failing_job_does_not_stop_the_others(queue: HeldQueue) -> None:
    speaker = queue.join(quiet)

    def fail() -> None:
        raise RuntimeError

    queue.submit(speaker, Job(Rank.FINAL, fail, lambda: queue.dropped.append("failed")))
    queue.add(speaker, Rank.FINAL, "next")
    queue.release()
    assert (queue.dropped, queue.done) == (["failed"], ["next"])


def test_closing_ends_the_workers() -> None:
    queue = DecodeQueue(2)
    queue.close()
    assert not any(t.is_alive() for t in queue._threads)
