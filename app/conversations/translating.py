"""Translations are made here, beside the talk: on a few threads of their own, so that nobody waits for them.

What waits is held by room and target language, in the order it was said (a *lane*). One thread at a time works
in a lane, so each reader gets translations in that order; lanes take turns, so a busy room holds up no other.
Nothing of it is kept or logged: what is done, late or of a room that ended is forgotten.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.conversations.reading import Made, Wanted
from app.domain.speech import SpeechUnavailable
from app.domain.translation import PairNotSupported, Translator
from app.domain.words import MunicipalWords

log = logging.getLogger("wijkbalie.translations")

LATE_S = 10.0
"""A translation that comes later than this belongs to nothing that is still talked about."""
RETRY_S = 1.0
WAITING_PER_SPEAKER = 30
"""In one room. Who says more at once loses the oldest, so that nobody can fill memory or crowd out the others."""
THREADS = 4
"""They only wait for the engines, which have their own queue; more than one, so that a slow pair stops no other."""

OnDone = Callable[[Wanted, Made | None], None]
"""None: too late, so it was dropped."""


@dataclass(slots=True)
class _Job:
    wanted: Wanted
    on_done: OnDone
    at: float


@dataclass(slots=True, eq=False)
class _Lane:
    """now: the job that is being worked at. not_before: while the engines are away there is no use in trying."""

    jobs: deque[_Job] = field(default_factory=deque)
    now: _Job | None = None
    not_before: float = float("-inf")
    forgotten: bool = False


class Translations:
    """Safe from any thread. Threads start with the first that is wanted. clock: seconds, never goes back."""

    def __init__(
        self,
        translator: Translator,
        words: MunicipalWords,
        threads: int = THREADS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._translator, self._words = translator, words
        self._threads, self._clock = threads, clock
        self._changed = threading.Condition()
        self._lanes: dict[tuple[str, str], _Lane] = {}
        self._dropped: list[_Job] = []
        self._started = False

    def take(self, room_id: str, wanted: Wanted, on_done: OnDone) -> None:
        """Never waits. on_done comes on another thread, without any lock of ours."""
        job = _Job(wanted, on_done, self._clock())
        with self._changed:
            lane = self._lanes.setdefault((room_id, wanted.target), _Lane())
            for older in [older for older in lane.jobs if _same_original(older.wanted, wanted)]:
                lane.jobs.remove(older)
            lane.jobs.append(job)
            self._drop_crowded_out(room_id, wanted.speaker)
            if not self._started:
                self._started = True
                for _ in range(self._threads):
                    threading.Thread(target=self._work, name="translations", daemon=True).start()
            self._changed.notify()

    def forget(self, room_id: str) -> None:
        """The room ended: what waits there is dropped, what is being made is thrown away."""
        with self._changed:
            for key in [key for key in self._lanes if key[0] == room_id]:
                self._lanes.pop(key).forgotten = True

    def drop_late(self) -> None:
        """Every few seconds: engines that hang must not hide that readers get nothing."""
        with self._changed:
            late, self._dropped = self._dropped, []
            late += [job for lane in self._lanes.values() for job in lane.jobs if self._is_late(job)]
            for lane in self._lanes.values():
                lane.jobs = deque(job for job in lane.jobs if not self._is_late(job))
            late += [lane.now for lane in self._lanes.values() if lane.now and self._is_late(lane.now)]
        for job in late:
            _finish(job, None)

    def waiting(self) -> int:
        with self._changed:
            return sum(len(lane.jobs) for lane in self._lanes.values())

    # --- The threads

    def _work(self) -> None:
        while True:
            found = None
            with self._changed:
                while not self._dropped and (found := self._next()) is None:
                    self._changed.wait(RETRY_S if self._lanes else None)
                dropped, self._dropped = self._dropped, []
            for each in dropped:
                _finish(each, None)
            if found:
                self._work_in(*found)

    def _work_in(self, key: tuple[str, str], lane: _Lane, job: _Job) -> None:
        made: Made | None = None
        try:
            if not self._is_late(job):
                made = self._make(job.wanted)
        except SpeechUnavailable:
            self._release(key, lane, again=job)
            return
        except Exception as problem:  # told by its name only: what it holds may be somebody's words
            log.error("translation: %s", type(problem).__name__)
        if not lane.forgotten:
            _finish(job, None if self._is_late(job) else made)
        self._release(key, lane)

    def _next(self) -> tuple[tuple[str, str], _Lane, _Job] | None:
        """The lane whose turn it is. Holding `_changed`."""
        now = self._clock()
        for key, lane in self._lanes.items():
            if lane.jobs and lane.now is None and lane.not_before <= now:
                del self._lanes[key]
                self._lanes[key] = lane  # last in the queue for the next turn
                lane.now = lane.jobs.popleft()
                return key, lane, lane.now
        return None

    def _release(self, key: tuple[str, str], lane: _Lane, again: _Job | None = None) -> None:
        """again: the engines were away, so this one is tried once more."""
        with self._changed:
            lane.now = None
            if again is not None:
                lane.jobs.appendleft(again)
                lane.not_before = self._clock() + RETRY_S
            if not lane.jobs and self._lanes.get(key) is lane:
                del self._lanes[key]
            self._changed.notify()

    def _is_late(self, job: _Job) -> bool:
        return self._clock() - job.at > LATE_S

    def _drop_crowded_out(self, room_id: str, speaker: str) -> None:
        """Holding `_changed`. Told later, by a thread of ours: who calls take() may hold what on_done needs."""
        lanes = [lane for (room, _target), lane in self._lanes.items() if room == room_id]
        own = [(lane, job) for lane in lanes for job in lane.jobs if job.wanted.speaker == speaker]
        if len(own) > WAITING_PER_SPEAKER:
            lane, oldest = min(own, key=lambda found: found[1].at)
            lane.jobs.remove(oldest)
            self._dropped.append(oldest)

    # --- One translation

    def _make(self, wanted: Wanted) -> Made:
        """People's words first, then the machine's. Raises SpeechUnavailable."""
        terms: Mapping[str, str] = {}
        try:
            phrase = self._words.board().find(wanted.text, wanted.source, wanted.target)
            if phrase:
                return Made("phrase", phrase)
            terms = self._words.terms(wanted.source, wanted.target)
        except Exception as problem:  # a database that is away must not silence the machine
            log.error("words of the municipality: %s", type(problem).__name__)
        try:
            found = self._translator.translate(wanted.text, wanted.source, wanted.target, terms, wanted.names)
        except PairNotSupported:
            return Made("missing", None)
        except ValueError:  # longer than the engines take
            return Made("lost", None)
        if found.lost or not found.text:
            return Made("lost", None)
        if found.fixture:
            return Made("fixture", found.text)
        return Made(found.origin, found.text)


def _same_original(one: Wanted, other: Wanted) -> bool:
    return (one.speaker, one.of, one.line) == (other.speaker, other.of, other.line)


def _finish(job: _Job, made: Made | None) -> None:
    try:
        job.on_done(job.wanted, made)
    except Exception as problem:  # one bad room must not stop the translations of all
        log.error("a translation was not told: %s", type(problem).__name__)
