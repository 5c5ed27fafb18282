"""Cutting sound into utterances, with a scripted sense of voice."""

import numpy as np

from app.speech.activity import FRAME
from app.speech.utterances import LONGEST_S, Begun, Dropped, Ended, Event, Paused, Resumed, Utterances

FRAME_S = FRAME / 16000


def hear(script: str, silence_ms: int = 500) -> tuple[Utterances, list[Event]]:
    """script: a character per frame of 32 ms: "#" speech, "~" half sure, "." silence."""
    likely = {"#": 0.9, "~": 0.4, ".": 0.01}
    probabilities = iter([likely[c] for c in script])
    cutter = Utterances(lambda _frame: next(probabilities), silence_ms)
    sound = np.arange(len(script) * FRAME, dtype=np.float32)
    events = []
    for at in range(0, len(sound), 320):  # 20 ms, as browsers send it
        events += cutter.add(sound[at : at + 320])
    return cutter, events


def kinds(events: list[Event]) -> list[type]:
    return [type(event) for event in events]


def test_silence_is_nothing() -> None:
    assert hear("." * 200)[1] == []


def test_a_sentence_begins_pauses_and_ends_after_the_silence() -> None:
    _, events = hear("." * 20 + "#" * 40 + "." * 16)
    assert kinds(events) == [Begun, Paused, Ended]
    utterance = events[-1].utterance
    assert utterance.number == 1
    assert abs(utterance.ended_at_s - 60 * FRAME_S) < 0.001
    assert utterance.started_at_s < 20 * FRAME_S, "the lead-in holds the first consonant"


def test_no_end_before_the_silence_is_over() -> None:
    assert Ended not in kinds(hear("." * 20 + "#" * 40 + "." * 15)[1])
    assert Ended in kinds(hear("." * 20 + "#" * 40 + "." * 10, silence_ms=300)[1])


def test_the_sound_at_a_pause_is_the_sound_at_the_end() -> None:
    script = "." * 20 + "#" * 40 + "." * 16
    cutter, _ = hear(script[: 60 + 6])
    assert cutter.current is not None
    at_pause = cutter.current.samples()
    at_end = hear(script)[1][-1].utterance.samples()
    assert np.array_equal(at_pause, at_end)


def test_speech_after_a_pause_goes_on_in_the_same_utterance() -> None:
    _, events = hear("." * 20 + "#" * 20 + "." * 10 + "#" * 20 + "." * 16)
    assert kinds(events) == [Begun, Paused, Resumed, Paused, Ended]
    assert {event.utterance.number for event in events} == {1}


def test_hesitation_is_no_silence() -> None:
    assert kinds(hear("." * 20 + "#" * 20 + "~" * 30)[1]) == [Begun]


def test_a_click_is_no_onset_and_a_cough_is_dropped() -> None:
    assert hear("." * 20 + "##" + "." * 40)[1] == []
    assert kinds(hear("." * 20 + "####" + "." * 40)[1]) == [Begun, Dropped]


def test_numbers_count_without_gaps() -> None:
    say = "#" * 20 + "." * 20
    _, events = hear("." * 20 + say + "####" + "." * 20 + say)
    assert [e.utterance.number for e in events if isinstance(e, Ended)] == [1, 2]


def test_a_long_monologue_ends_at_a_breath() -> None:
    breath = "." * 10  # 320 ms: too short to end a short sentence
    _, events = hear("." * 20 + "#" * 100 + breath + "#" * 200 + breath + "#" * 20)
    ended = [e.utterance for e in events if isinstance(e, Ended)]
    assert len(ended) == 1
    assert abs(ended[0].ended_at_s - 330 * FRAME_S) < 0.001


def test_without_any_breath_it_is_cut_where_voice_was_weakest_and_nothing_is_lost() -> None:
    _, events = hear("." * 20 + "#" * 420 + "~" + "#" * 600 + "." * 20)
    ended = [e.utterance for e in events if isinstance(e, Ended)]
    assert all(u.length_s <= LONGEST_S + 0.5 for u in ended)
    assert abs(ended[0].ended_at_s - 440 * FRAME_S) < 0.001, "at the hesitation"
    whole = np.concatenate([frame for u in ended for frame in u.frames])
    assert np.array_equal(np.diff(whole), np.ones(len(whole) - 1)), "samples follow one another without gap"


def test_finishing_ends_what_was_begun() -> None:
    cutter, _ = hear("." * 20 + "#" * 20)
    assert kinds(cutter.finish()) == [Ended]
    assert cutter.finish() == []
