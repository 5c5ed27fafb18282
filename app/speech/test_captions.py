"""From sound to captions with a recogniser that says what it is told."""

import threading
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from app.domain.speech import Caption
from app.speech.activity import FRAME
from app.speech.captions import Ear
from app.speech.decode_queue import DecodeQueue
from app.speech.recogniser import Heard, Samples


class CountingRecogniser:
    """Hears one word per 320 ms; a thorough decoding is complete, as Whisper's is, unless told otherwise."""

    streams = False

    def __init__(self, complete: bool = True) -> None:
        self.complete = complete
        self.finished = 0
        self.quick = 0
        self.thorough = 0
        self.fails = False
        self.deaf = False

    def begin(self, _language: str, vocabulary: Sequence[str] = ()) -> "CountingRecogniser":
        self.vocabulary = vocabulary
        return self

    def warm_up(self) -> None: ...

    def hear(self, samples: Samples, ending: bool) -> Heard:
        self.thorough += ending
        self.quick += not ending
        return self._say(samples, ending and self.complete)

    def finish(self, samples: Samples) -> Heard:
        self.finished += 1
        return self._say(samples, True)

    def _say(self, samples: Samples, complete: bool) -> Heard:
        if self.fails:
            raise RuntimeError
        words = [f"w{n}" for n in range(int(len(samples) / 16000 / 0.32))]
        return Heard("" if self.deaf else " ".join(words), 0.1, complete)


class Speech:
    """One speaker before one ear. Each frame is decoded before the next comes, so results are exact."""

    def __init__(self, recogniser: CountingRecogniser | None = None) -> None:
        self.recogniser = recogniser or CountingRecogniser()
        self.captions: list[Caption] = []
        self.queue = DecodeQueue(1)
        self.now = 0.0
        self._voice = 0.0
        self.ear = Ear(
            self.recogniser,
            "nl",
            self.queue,
            lambda _frame: self._voice,
            500,
            self.captions.append,
            lambda _behind: None,
            lambda: self.now,
        )

    def say(self, frames: str) -> "Speech":
        for frame in frames:
            self._voice = 0.9 if frame == "#" else 0.01
            self.now += FRAME / 16000
            self.ear.hear(np.zeros(FRAME, np.float32))
            self._settle()
        return self

    def _settle(self) -> None:
        with self.queue._changed:
            self.queue._changed.wait_for(
                lambda: not any(s.busy or s.draft or s.finals for s in self.queue._speakers), 5
            )

    def close(self) -> list[Caption]:
        self.ear.finish(5)
        self.ear.close()
        self.queue.close()
        return self.captions


def test_partials_grow_and_one_final_ends_the_utterance() -> None:
    captions = Speech().say("." * 10 + "#" * 100 + "." * 20).close()
    partials = [c.text for c in captions[:-1]]
    assert len(partials) >= 3
    assert all(later.startswith(earlier) for earlier, later in pairwise(partials))
    assert [c.final for c in captions] == [False] * len(partials) + [True]
    assert captions[-1].text.startswith(partials[-1])
    assert {c.utterance for c in captions} == {1}


def test_the_final_is_decoded_once_during_the_silence() -> None:
    speech = Speech()
    speech.say("." * 10 + "#" * 40 + "." * 16).close()
    assert (speech.recogniser.thorough, speech.recogniser.finished) == (1, 0)


def test_a_stream_engine_is_asked_to_finish() -> None:
    speech = Speech(CountingRecogniser(complete=False))
    captions = speech.say("." * 10 + "#" * 40 + "." * 16).close()
    assert speech.recogniser.finished == 1
    assert [c.final for c in captions].count(True) == 1


def test_speech_after_a_pause_is_part_of_the_same_final() -> None:
    captions = Speech().say("." * 10 + "#" * 40 + "." * 10 + "#" * 40 + "." * 16).close()
    finals = [c for c in captions if c.final]
    assert len(finals) == 1
    assert len(finals[0].text.split()) >= 9


def test_finishing_in_mid_sentence_gives_the_final() -> None:
    speech = Speech().say("." * 10 + "#" * 40)
    assert not any(c.final for c in speech.captions)
    assert speech.close()[-1].final


def test_silence_and_short_noise_give_nothing() -> None:
    assert Speech().say("." * 100 + "####" + "." * 100).close() == []


def test_words_that_were_shown_are_not_taken_away() -> None:
    speech = Speech(CountingRecogniser(complete=False)).say("." * 10 + "#" * 60)
    shown = speech.captions[-1].text
    speech.recogniser.deaf = True
    last = speech.say("." * 16).close()[-1]
    assert (last.final, last.text) == (True, shown)


def test_when_no_more_sound_comes_the_sentence_is_over() -> None:
    speech = Speech().say("." * 10 + "#" * 60)
    speech.ear.rest()
    speech._settle()
    assert speech.captions[-1].final
    assert [c.utterance for c in speech.say("." * 10 + "#" * 60).close() if c.final] == [1, 2]


def test_nothing_heard_and_nothing_shown_is_no_caption() -> None:
    speech = Speech()
    speech.recogniser.deaf = True
    assert speech.say("." * 10 + "#" * 60 + "." * 16).close() == []


def test_when_the_engine_fails_what_was_shown_stands() -> None:
    speech = Speech(CountingRecogniser(complete=False)).say("." * 10 + "#" * 60)
    shown = speech.captions[-1].text
    speech.recogniser.fails = True
    last = speech.say("." * 16).close()[-1]
    assert (last.final, last.text) == (True, shown)


def test_a_flood_is_cut_to_what_a_person_can_say() -> None:
    speech = Speech()
    speech._voice = 0.9
    heard = 0
    for _ in range(1000):  # 320 s of sound in no time
        before = speech.ear._utterances._position
        speech.ear.hear(np.zeros(FRAME * 10, np.float32))
        heard += speech.ear._utterances._position - before
    assert heard * FRAME / 16000 <= 10.1
    speech.close()


def test_two_speakers_do_not_mix() -> None:
    queue = DecodeQueue(1)
    captions: dict[str, list[Caption]] = {"a": [], "b": []}
    ears = {
        name: Ear(
            CountingRecogniser(), name, queue, lambda _f: 0.9, 500, captions[name].append, lambda _b: None
        )
        for name in captions
    }
    threads = [
        threading.Thread(target=lambda e=ear: [e.hear(np.zeros(FRAME, np.float32)) for _ in range(60)])
        for ear in ears.values()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, ear in ears.items():
        ear.finish(5)
        ear.close()
        assert {c.language for c in captions[name]} == {name}
        assert captions[name][-1].final
    queue.close()
