"""Who may use the recogniser next: fair over speakers, finals before partials, honest when behind."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

log = logging.getLogger("wijkbalie.speech")

BEHIND_S = 1.5
"""A final caption that waits longer makes us say so; partial ones are dropped until it is over."""
MOST_FINALS = 4
"""Per speaker. With utterances of at most 15 s this is a minute; sound beyond it is beyond catching up."""


class Rank(IntEnum):
    FINAL = 0
    PAUSE = 1
    FIRST = 2
    """Until the first words of an utterance show: who speaks waits for a sign that somebody listens."""
    PARTIAL = 3


@dataclass(slots=True, eq=False)
class Job:
    """work runs on a worker's thread; dropped runs instead when nobody will do it."""

    rank: Rank
    work: Callable[[], None] = lambda: None
    dropped: Callable[[], None] = lambda: None
    waits_since_s: float = 0.0


@dataclass(slots=True, eq=False)
class Speaker:
    """One speaker's place in the queue."""

    tell_behind: Callable[[bool], None]
    finals: deque[Job] = field(default_factory=deque)
    draft: Job | None = None
    """The newest pause or partial; an older one has no worth."""
    busy: bool = False
    served: int = 0


class DecodeQueue:
    """workers: how many jobs run at once. Each speaker has at most one running, so captions come in order."""

    def __init__(self, workers: int = 1, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._speakers: list[Speaker] = []
        self._turn = 0
        self._behind = False
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"recogniser-{n}", daemon=True) for n in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def join(self, tell_behind: Callable[[bool], None]) -> Speaker:
        """tell_behind: called from any thread when captions fall behind and when they have caught up."""
        with self._changed:
            # Whoever comes last is served as if just served: newcomers do not push in front.
            speaker = Speaker(tell_behind, served=self._turn)
            self._speakers.append(speaker)
            behind = self._behind
        if behind:
            tell_behind(True)
        return speaker

    def leave(self, speaker: Speaker) -> None:
        with self._changed:
            self._speakers.remove(speaker)
            dropped = [*speaker.finals, *([speaker.draft] if speaker.draft else [])]
            speaker.finals.clear()
            speaker.draft = None
        for job in dropped:
            job.dropped()

    def submit(self, speaker: Speaker, job: Job) -> None:
        job.waits_since_s = self._clock()
        dropped = None
        with self._changed:
            if job.rank is Rank.FINAL:
                speaker.finals.append(job)
                if len(speaker.finals) > MOST_FINALS:
                    dropped = speaker.finals.popleft()
            else:
                speaker.draft = job
            self._changed.notify()
        if dropped:
            dropped.dropped()
        self._judge_lag()

    def promote(self, speaker: Speaker, job: Job) -> None:
        """A pause turned out to be the end. Changes nothing when the job is running already."""
        with self._changed:
            if speaker.draft is job:
                speaker.draft = None
                job.rank = Rank.FINAL
                speaker.finals.append(job)
                self._changed.notify()

    def withdraw(self, speaker: Speaker, job: Job) -> None:
        with self._changed:
            if speaker.draft is job:
                speaker.draft = None

    def close(self) -> None:
        """What runs is finished, what waits is not begun."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(10)

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._closed and (taken := self._take()) is None:
                    self._changed.wait()
                if self._closed:
                    return
                assert taken
                speaker, job = taken
                speaker.busy = True
                self._turn += 1
                speaker.served = self._turn
            try:
                job.work()
            except Exception as problem:  # one speaker's trouble must not deafen the others
                log.error("recognising failed: %s", type(problem).__name__)
                job.dropped()
            finally:
                with self._changed:
                    speaker.busy = False
                    self._changed.notify()
            self._judge_lag()

    def _take(self) -> tuple[Speaker, Job] | None:
        free = [s for s in self._speakers if not s.busy]
        if waiting := [s for s in free if s.finals]:
            speaker = min(waiting, key=lambda s: s.served)
            return speaker, speaker.finals.popleft()
        if self._behind:
            return None
        drafts = [(s.draft.rank, s.served, s) for s in free if s.draft]
        if not drafts:
            return None
        speaker = min(drafts, key=lambda d: d[:2])[2]
        job, speaker.draft = speaker.draft, None
        assert job
        return speaker, job

    def _judge_lag(self) -> None:
        with self._changed:
            waits = [self._clock() - s.finals[0].waits_since_s for s in self._speakers if s.finals]
            longest = max(waits, default=0.0)
            # Between the bounds nothing changes, so that the message does not flicker.
            behind = longest > BEHIND_S or (self._behind and longest > BEHIND_S / 3)
            if behind == self._behind:
                return
            self._behind = behind
            speakers = list(self._speakers)
            self._changed.notify_all()
        log.info("captions %s (%.1f s)", "fall behind" if behind else "keep up again", longest)
        for speaker in speakers:
            speaker.tell_behind(behind)
