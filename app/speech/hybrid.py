"""Two engines for one utterance: a stream for the words that pass by, a careful one for those that stay."""

from collections.abc import Sequence

from app.speech.recogniser import Heard, Recogniser, Samples, Transcription


class HybridRecogniser:
    """finals: writes well (Whisper). drafts: hears a stream (Vosk), so that partial captions cost little."""

    def __init__(self, finals: Recogniser, drafts: Recogniser) -> None:
        self._finals = finals
        self._drafts = drafts

    def begin(self, language: str, vocabulary: Sequence[str] = ()) -> "HybridTranscription":
        return HybridTranscription(
            self._finals.begin(language, vocabulary), self._drafts.begin(language, vocabulary)
        )

    def warm_up(self) -> None:
        self._finals.warm_up()
        self._drafts.warm_up()


class HybridTranscription:
    """The stream is not told that the utterance ends: nobody reads its last words."""

    def __init__(self, finals: Transcription, drafts: Transcription) -> None:
        self._finals = finals
        self._drafts = drafts
        self.streams = drafts.streams

    def hear(self, samples: Samples, ending: bool) -> Heard:
        return (self._finals if ending else self._drafts).hear(samples, ending)

    def finish(self, samples: Samples) -> Heard:
        return self._finals.finish(samples)
