"""Which engine hears which language, and when its model is read."""

import threading
from pathlib import Path

import numpy as np
import pytest

from app.speech.engines import Choice, LateRecogniser, choose
from app.speech.hybrid import HybridRecogniser
from app.speech.models import InstalledModel
from app.speech.recogniser import Recogniser
from app.speech.test_captions import CountingRecogniser


def model(name: str, engine: str, *languages: str) -> InstalledModel:
    return InstalledModel(name=name, engine=engine, languages=languages, path=Path(name))


WHISPER = model("whisper-base", "whisper", "nl", "en")
DUTCH, KOREAN = model("vosk-nl", "vosk", "nl"), model("vosk-ko", "vosk", "ko")


def test_a_stream_gives_the_drafts_where_there_is_one_and_all_where_there_is_no_other() -> None:
    assert choose([KOREAN, DUTCH, WHISPER]) == {
        "nl": Choice(WHISPER, DUTCH),
        "en": Choice(WHISPER),
        "ko": Choice(KOREAN),
    }


def test_models_that_do_not_listen_are_no_ears() -> None:
    assert choose([model("piper-joe", "piper", "en")]) == {}


def test_a_model_is_read_once_however_many_ask_for_it() -> None:
    loaded: list[Recogniser] = []
    both = threading.Barrier(8)

    def load() -> Recogniser:
        loaded.append(CountingRecogniser())
        return loaded[-1]

    def ask() -> None:
        both.wait()
        late.warm_up()

    late = LateRecogniser("fake", load)
    assert not late.ready
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert late.ready
    assert len(loaded) == 1
    assert late.begin("nl", ["Oudegracht"]) is loaded[0]
    assert loaded[0].vocabulary == ["Oudegracht"]


def test_a_model_that_cannot_be_read_is_known_as_broken() -> None:
    def load() -> Recogniser:
        raise RuntimeError("damaged")

    late = LateRecogniser("fake", load)
    with pytest.raises(RuntimeError):
        late.warm_up()
    assert (late.ready, late.broken) == (False, True)


def test_two_engines_share_an_utterance() -> None:
    careful, quick = CountingRecogniser(), CountingRecogniser(complete=False)
    quick.streams = True
    utterance = HybridRecogniser(careful, quick).begin("nl")
    sound = np.zeros(16_000, np.float32)
    assert utterance.streams
    assert not utterance.hear(sound, ending=False).complete
    assert utterance.hear(sound, ending=True).complete
    utterance.finish(sound)
    assert (quick.quick, quick.thorough, quick.finished) == (1, 0, 0)
    assert (careful.quick, careful.thorough, careful.finished) == (0, 1, 1)
