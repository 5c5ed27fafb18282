"""Captions of one speaker: sound in, partial and final captions out."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from app.domain.speech import SAMPLE_RATE_HZ, Caption
from app.speech.activity import Activity
from app.speech.agreement import Agreement
from app.speech.decode_queue import DecodeQueue, Job, Rank
from app.speech.other_language import OtherLanguage
from app.speech.recogniser import Heard, Recogniser, Samples, Transcription
from app.speech.utterances import Begun, Ended, Event, Paused, Resumed, Utterance, Utterances

log = logging.getLogger("wijkbalie.speech")

_UNTIL_SHOWN_S, _WHEN_SHOWN_S, _STREAMED_S = 0.1, 0.7, 0.2
"""New sound before the next decoding for a partial caption. Words show once two decodings agree, so until the first
do they follow quickly; then people read. The decoder must be free too: a busy machine shows them less often."""
_BURST_S = 10.0
_FASTEST = 2.0
"""Sound may come so many times faster than people speak, after a burst; more is thrown away."""


@dataclass(slots=True)
class _Turn:
    """One utterance on its way to its final caption."""

    utterance: Utterance
    transcription: Transcription
    agreement: Agreement = field(default_factory=Agreement)
    draft: Job | None = None
    heard_s: float = 0.0
    """Length of the utterance at the last decoding."""
    at_pause: Heard | None = None
    final: Job | None = None
    """The job whose text will be the last word."""
    ended: bool = False

    @property
    def partial_every_s(self) -> float:
        if self.transcription.streams:
            return _STREAMED_S
        return _WHEN_SHOWN_S if self.agreement.text else _UNTIL_SHOWN_S


class Ear:
    """Hears one speaker. hear() and finish() from one thread; send is called from any, one call at a time."""

    def __init__(
        self,
        recogniser: Recogniser,
        language: str,
        queue: DecodeQueue,
        activity: Activity,
        silence_ms: int,
        send: Callable[[Caption], None],
        tell_behind: Callable[[bool], None],
        clock: Callable[[], float] = time.monotonic,
        vocabulary: Sequence[str] = (),
    ) -> None:
        self._recogniser = recogniser
        self._vocabulary = tuple(vocabulary)
        self._other_language = OtherLanguage(language)
        self._language = language
        self._queue = queue
        self._utterances = Utterances(activity, silence_ms)
        self._send = send
        self._clock = clock
        self._speaker = queue.join(tell_behind)
        # Re-entrant: a dropped job's end may come while this very thread submits another.
        self._lock = threading.RLock()
        self._nothing_left = threading.Condition(self._lock)
        self._turn: _Turn | None = None
        self._open_finals = 0
        self._budget_s = _BURST_S
        self._budget_at = clock()

    def hear(self, samples: Samples) -> None:
        if not self._may_hear(len(samples) / SAMPLE_RATE_HZ):
            return
        with self._lock:
            for event in self._utterances.add(samples):
                self._follow(event)
            self._maybe_partial()

    def rest(self) -> None:
        """No sound comes at all: the microphone went off, or the line stalled. Counts as silence."""
        with self._lock:
            for event in self._utterances.finish():
                self._follow(event)

    def finish(self, timeout_s: float) -> None:
        """Ends what was begun and waits until its final caption is sent."""
        self.rest()
        with self._lock:
            self._nothing_left.wait_for(lambda: self._open_finals == 0, timeout_s)

    def close(self) -> None:
        self._queue.leave(self._speaker)

    def _may_hear(self, seconds: float) -> bool:
        now = self._clock()
        self._budget_s = min(_BURST_S, self._budget_s + _FASTEST * (now - self._budget_at))
        self._budget_at = now
        if seconds > self._budget_s:
            return False
        self._budget_s -= seconds
        return True

    def _follow(self, event: Event) -> None:
        if isinstance(event, Begun):
            self._turn = _Turn(event.utterance, self._recogniser.begin(self._language, self._vocabulary))
            return
        turn = self._turn
        assert turn is not None
        if isinstance(event, Paused):
            # Silence must last a little longer to be an end; decoding now makes the final caption ready then.
            self._draft(turn, Rank.PAUSE, self._decode_pause)
        elif isinstance(event, Resumed):
            self._withdraw_draft(turn)
            turn.at_pause = None
        else:
            self._turn = None
            if isinstance(event, Ended):
                self._end(turn)
            else:
                self._withdraw_draft(turn)

    def _maybe_partial(self) -> None:
        turn = self._turn
        if turn is None or turn.draft is not None or turn.utterance.pauses or not turn.utterance.is_speech:
            return
        new_s = turn.utterance.length_s - turn.heard_s
        if new_s >= turn.partial_every_s:
            rank = Rank.PARTIAL if turn.agreement.text else Rank.FIRST
            self._draft(turn, rank, self._decode_partial)

    def _draft(self, turn: _Turn, rank: Rank, decode: Callable[[_Turn, Job], None]) -> None:
        turn.draft = job = Job(rank)
        job.work = partial(decode, turn, job)
        job.dropped = partial(self._lose, turn, job)
        self._queue.submit(self._speaker, job)

    def _withdraw_draft(self, turn: _Turn) -> None:
        if turn.draft is not None:
            self._queue.withdraw(self._speaker, turn.draft)
            turn.draft = None

    def _decode_partial(self, turn: _Turn, job: Job) -> None:
        with self._lock:
            samples = turn.utterance.samples()
            turn.heard_s = turn.utterance.length_s
            wanted = turn.draft is job and not turn.utterance.pauses
        heard = turn.transcription.hear(samples, ending=False) if wanted else None
        with self._lock:
            if turn.draft is job:
                turn.draft = None
            # Nothing heard says nothing about the words before: it is no disagreement.
            words = heard and (heard.text or heard.guess)
            if heard and words and not turn.ended and turn.agreement.add(words, guess=not heard.text):
                self._show(turn, heard)

    def _decode_pause(self, turn: _Turn, job: Job) -> None:
        with self._lock:
            samples = turn.utterance.samples()
            turn.heard_s = turn.utterance.length_s
        heard = turn.transcription.hear(samples, ending=True)
        with self._lock:
            if turn.final is not job:
                if turn.draft is job:  # else speech went on meanwhile
                    turn.draft, turn.at_pause = None, heard
                    if turn.agreement.settle(heard.text):
                        self._show(turn, heard)
                return
        # It was the end indeed.
        self._send_final(turn, heard if heard.complete else turn.transcription.finish(samples))

    def _end(self, turn: _Turn) -> None:
        turn.ended = True
        self._open_finals += 1
        if turn.at_pause is not None and turn.at_pause.complete:
            self._send_final(turn, turn.at_pause)
        elif turn.draft is not None and turn.draft.rank is Rank.PAUSE:
            turn.final = turn.draft
            self._queue.promote(self._speaker, turn.draft)
        else:
            self._withdraw_draft(turn)
            turn.final = job = Job(Rank.FINAL)
            job.work = partial(self._decode_final, turn)
            job.dropped = partial(self._lose, turn, job)
            self._queue.submit(self._speaker, job)

    def _decode_final(self, turn: _Turn) -> None:
        with self._lock:
            samples = turn.utterance.samples()
        self._send_final(turn, turn.transcription.finish(samples))

    def _lose(self, turn: _Turn, job: Job) -> None:
        """Dropped or failed. What was shown of an utterance stands then, so that no line stays half."""
        with self._lock:
            if turn.draft is job:
                turn.draft = None
            if turn.final is job:
                self._send_final(turn, Heard("", 0.0, True))

    def _show(self, turn: _Turn, heard: Heard) -> None:
        self._send(self._caption(turn, turn.agreement.text, False, heard.decode_s))

    def _send_final(self, turn: _Turn, heard: Heard) -> None:
        with self._lock:
            turn.final = None
            # Words that people have read are not taken away again, even if the last decoding found none.
            if text := heard.text or turn.agreement.text:
                other = self._other_language.follow(heard.language) if heard.text else None
                caption = self._caption(turn, text, True, heard.decode_s, other)
                speech_s = caption.ended_at_s - caption.started_at_s
                log.info("heard %s: %.2f s, decoded in %.3f s", self._language, speech_s, heard.decode_s)
                self._send(caption)
            self._open_finals -= 1
            self._nothing_left.notify_all()

    def _caption(
        self, turn: _Turn, text: str, final: bool, decode_s: float, other_language: str | None = None
    ) -> Caption:
        utterance = turn.utterance
        return Caption(
            utterance.number,
            text,
            final,
            self._language,
            round(utterance.started_at_s, 3),
            round(utterance.ended_at_s, 3),
            round(decode_s, 4),
            other_language,
        )
