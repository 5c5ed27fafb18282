"""Whisper on recorded human speech, with a bound on the words it may get wrong, and on sounds without words."""

import shutil
import subprocess
import threading
from itertools import count, pairwise
from pathlib import Path

import numpy as np
import pytest

from app.domain.speech import Caption
from app.speech.activity import SileroActivity
from app.speech.captions import Ear
from app.speech.decode_queue import DecodeQueue
from app.speech.sound import OpusDecoder
from app.speech.whisper import WhisperRecogniser, is_doubtful, is_nothing, repeats, with_capital
from tests.engines.hearing import (
    bare_words,
    captions_of,
    read_clips,
    read_samples,
    to_opus,
    word_errors,
    wordless,
)

pytestmark = pytest.mark.media

# Five Dutch sentences of one man and one English: far too few to tell how good it is, enough to see it break.
MOST_WRONG = {"nl": 0.35, "en": 0.15}


def with_silence(samples: np.ndarray) -> np.ndarray:
    return np.concatenate((np.zeros(8000), samples, np.zeros(12_000))).astype(np.float32)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("way", ["pcm", "opus"])
def test_recorded_people_are_understood(
    whisper: WhisperRecogniser, recordings: Path, language: str, way: str
) -> None:
    said = wrong = 0
    for clip in read_clips(recordings / language):
        samples = with_silence(clip.samples)
        if way == "opus":
            decoder = OpusDecoder()
            samples = np.concatenate([decoder.decode(packet) for packet in to_opus(samples)])
        finals = [c.text for c in captions_of(whisper, samples, language) if c.final]
        said += len(clip.words)
        wrong += word_errors(clip.words, bare_words(" ".join(finals)))
    assert said
    assert wrong / said <= MOST_WRONG[language], f"{wrong} of {said} words wrong"


def test_partials_come_while_the_person_speaks_and_stay(whisper: WhisperRecogniser, recordings: Path) -> None:
    clip = max(read_clips(recordings / "nl"), key=lambda clip: len(clip.samples))
    captions = captions_of(whisper, with_silence(clip.samples))
    partials = [c.text for c in captions if not c.final]
    assert partials
    assert all(later.startswith(earlier) for earlier, later in pairwise(partials))


def test_a_monologue_without_pause_loses_nothing(whisper: WhisperRecogniser, recordings: Path) -> None:
    clips = read_clips(recordings / "nl")
    words = [word for clip in clips for word in clip.words] * 2
    samples = with_silence(np.concatenate([clip.samples[4000:-4000] for clip in clips] * 2))
    finals = [c for c in captions_of(whisper, samples) if c.final]
    assert all(c.ended_at_s - c.started_at_s <= 15.1 for c in finals)
    heard = [word for c in finals for word in bare_words(c.text)]
    assert word_errors(words, heard) / len(words) <= 0.45


@pytest.mark.parametrize("name", list(wordless(0.1)))
def test_sound_without_words_gives_none(whisper: WhisperRecogniser, name: str) -> None:
    assert captions_of(whisper, wordless(60)[name]) == []


@pytest.mark.parametrize("name", list(wordless(0.1)))
def test_even_past_the_voice_detector_little_is_invented(whisper: WhisperRecogniser, name: str) -> None:
    """The engine's own filter, for noise that passes for a voice."""
    assert whisper.decode(wordless(2)[name], "nl", thorough=True).text == ""


def test_two_people_at_once_are_two_lines(whisper: WhisperRecogniser, recordings: Path) -> None:
    clips = {"nl": max(read_clips(recordings / "nl"), key=lambda c: len(c.samples))}
    clips["en"] = read_clips(recordings / "en")[0]
    captions: dict[str, list[Caption]] = {language: [] for language in clips}
    queue = DecodeQueue(1)

    def talk(language: str) -> None:
        ear = Ear(
            whisper,
            language,
            queue,
            SileroActivity(),
            500,
            captions[language].append,
            lambda _behind: None,
            iter(count(step=0.02)).__next__,
        )
        samples = with_silence(clips[language].samples)
        for at in range(0, len(samples), 320):
            ear.hear(samples[at : at + 320])
        ear.finish(60)
        ear.close()

    threads = [threading.Thread(target=talk, args=(language,)) for language in clips]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.close()
    for language, clip in clips.items():
        assert {c.language for c in captions[language]} == {language}
        heard = bare_words(" ".join(c.text for c in captions[language] if c.final))
        assert word_errors(clip.words, heard) / len(clip.words) <= MOST_WRONG[language] + 0.1


def test_lines_begin_with_a_capital_and_end_with_a_stop(whisper: WhisperRecogniser, recordings: Path) -> None:
    captions = [
        c for clip in read_clips(recordings / "nl") for c in captions_of(whisper, with_silence(clip.samples))
    ]
    assert all(c.text[0].isupper() for c in captions)
    assert all(c.text[-1] in ".?!" for c in captions if c.final)


def test_capitals_as_the_language_has_them() -> None:
    assert with_capital("ijs smelt.", "nl") == "IJs smelt."
    assert with_capital("ijs smelt.", "de") == "Ijs smelt."
    assert with_capital("", "nl") == ""


@pytest.mark.parametrize(("spoken", "chosen"), [("nl", "nl"), ("en", "en"), ("en", "nl"), ("nl", "en")])
def test_another_language_is_told_from_the_second_sentence_on(
    whisper: WhisperRecogniser, recordings: Path, spoken: str, chosen: str
) -> None:
    clips = read_clips(recordings / spoken) * (2 if spoken == "en" else 1)
    sound = np.concatenate([with_silence(clip.samples) for clip in clips])
    finals = [c for c in captions_of(whisper, sound, chosen) if c.final]
    told = [c.heard for c in finals]
    assert told[0] is None, "one sentence is chance"
    assert set(told) == ({None} if spoken == chosen else {None, spoken})
    assert {c.language for c in finals} == {chosen}, "it is asked, never switched"


def test_a_rare_name_is_written_right_when_it_is_expected(whisper: WhisperRecogniser, tmp_path: Path) -> None:
    if not shutil.which("espeak-ng"):
        pytest.skip("espeak-ng is not installed")
    expected = ("Oudegracht", "Zandhuizen", "Voskampplein", "Dorrepaal", "Molenwijk", "Grumbelaar")
    sound = tmp_path / "name.wav"
    sentence = "Please send the letter to Mister Grumbelaar."
    subprocess.run(["espeak-ng", "-v", "en-us", "-s", "140", "-w", str(sound), sentence], check=True)
    samples = with_silence(read_samples(sound))
    without, told = (
        " ".join(c.text for c in captions_of(whisper, samples, "en", words) if c.final)
        for words in ((), expected)
    )
    assert "Grumbelaar" not in without
    assert "Grumbelaar" in told


def test_expected_words_change_nothing_for_who_does_not_say_them(
    whisper: WhisperRecogniser, recordings: Path
) -> None:
    expected = ("Aardappelkade", "Dialoogplein", "Straatweg", "bijzondere bijstand", "Molenwijk", "Uitkomst")
    for clip in read_clips(recordings / "nl"):
        without, told = (whisper.decode(clip.samples, "nl", True, words).text for words in ((), expected))
        assert told == without
    for sound in wordless(3).values():
        assert whisper.decode(sound, "nl", True, expected).text == ""


def test_known_inventions_are_no_words() -> None:
    assert is_nothing("Ondertiteling ingediend door de Amara.org gemeenschap")
    assert is_nothing("Thank you for watching!")
    assert is_nothing("...")
    assert is_nothing("MUZIEK.")
    assert not is_nothing("Ik houd van muziek.")
    assert not is_nothing("AOW.")
    assert not is_nothing("Dank u wel, ik heb de ondertitels gezien.")


def test_the_models_own_doubt_counts() -> None:
    assert is_doubtful(0.9, -0.2)
    assert is_doubtful(0.7, -1.0)
    assert is_doubtful(0.1, -2.0)
    assert not is_doubtful(0.1, -0.4)


def test_going_round_in_circles_is_seen() -> None:
    assert repeats("de straat van de straat van de straat van de straat van de")
    assert repeats("nee nee nee nee nee")
    assert not repeats("nee, nee, dat is het niet, dat is het echt niet")
    assert not repeats("Vraag niet wat uw land voor u kan doen, vraag wat u voor uw land kan doen.")
