"""Who speaks which language, and what was spoken before."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from app.domain.speech import LanguageNotSupported, SpeechUnavailable, SpokenText
from app.speech.mouth.cache import SpokenCache
from app.speech.mouth.crew import Crew
from app.speech.mouth.engine import MAX_CHARACTERS, MAX_RATE, MIN_RATE

_PIPER_LONGEST = 300
"""Characters. The page asks sentence by sentence, at most 280; a network took 10 to 30 ms a character on two cores, so
whole passages (players without JavaScript) are for an engine that makes them at once."""
_PIPER_TIMEOUT_S = 15.0


class VoicePool:
    """Speech from child processes; an app.domain.speech.Voice for any number of threads.

    engines: the first that runs on this machine speaks all its languages, by `size` children.
    further: each speaks the languages that those before it lack, by one child.
    piper_voices: folders of installed voices; they sound better, so they go before all others in their language.
    timeout_s: for one text, and for a free child.
    """

    def __init__(
        self,
        size: int = 2,
        *,
        timeout_s: float = 10.0,
        cache_bytes: int = 32 * 1024 * 1024,
        engines: Sequence[str] = ("espeak", "pyttsx3"),
        further: Sequence[str] = ("newer-espeak",),
        piper_voices: Sequence[Path] = (),
    ) -> None:
        self._cache = SpokenCache(cache_bytes)
        # All start at once: nobody should wait for one after another.
        piper = (
            [Crew(["piper", *map(str, piper_voices)], 1, _PIPER_TIMEOUT_S, _PIPER_LONGEST)]
            if piper_voices
            else []
        )
        others = [Crew([engine], 1, timeout_s) for engine in further]
        main = _first_that_runs(engines, size, timeout_s)
        self._main = main[0] if main else None
        best = [*filter(Crew.wait_until_ready, piper), *main]
        others = [*filter(Crew.wait_until_ready, others)]
        self._crews = best + others
        self._speakers: dict[str, list[Crew]] = {}
        for crew in best:
            for language in crew.voices:
                self._speakers.setdefault(language, []).append(crew)
        for crew in others:
            for language in crew.voices:
                self._speakers.setdefault(language, [crew])

    @property
    def engine(self) -> str | None:
        """The engine that speaks most languages here; None when none can."""
        return self._main.engine if self._main else None

    @property
    def child_pids(self) -> list[int]:
        return [pid for crew in self._crews for pid in crew.child_pids]

    def languages(self) -> frozenset[str]:
        return frozenset(self._speakers)

    def voices(self) -> Mapping[str, str]:
        """Language → the name of the voice that speaks it: "espeak-ng 1.51", "piper en_US-joe-medium"."""
        return {language: crews[0].voices[language] for language, crews in self._speakers.items()}

    def speak(self, text: str, language: str, rate: float = 1.0) -> SpokenText:
        """See Voice. Where one engine fails, the next that has the language speaks."""
        if len(text) > MAX_CHARACTERS:
            raise ValueError("too long")
        if not MIN_RATE <= rate <= MAX_RATE:
            raise ValueError("rate")
        if not self._speakers:
            raise SpeechUnavailable
        if language not in self._speakers:
            raise LanguageNotSupported(language)
        request = {"text": text, "language": language, "rate": rate}
        crews = self._speakers[language]
        for crew in [crew for crew in crews if len(text) <= crew.longest] or crews:
            key = SpokenCache.key(text, language, rate, crew.engine)
            if (spoken := self._cache.get(key)) is not None:
                return spoken
            try:
                spoken = crew.make(request)
            except SpeechUnavailable:
                continue
            self._cache.put(key, spoken)
            return spoken
        raise SpeechUnavailable

    def close(self) -> None:
        for crew in self._crews:
            crew.close()


def _first_that_runs(engines: Sequence[str], size: int, timeout_s: float) -> list[Crew]:
    for engine in engines:
        crew = Crew([engine], size, timeout_s)
        if crew.wait_until_ready():
            return [crew]
    return []
