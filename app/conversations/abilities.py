"""What works now, per language: what a person is told before the talk and the call page during it."""

from typing import TypedDict

from app.domain.speech import Captioner, Voice
from app.domain.translation import Translator


class Ability(TypedDict):
    """hear: captions of who speaks it. read: languages that are translated into it. speak: it can be read aloud."""

    hear: bool
    read: list[str]
    speak: bool


def abilities(captioner: Captioner, translator: Translator, voice: Voice) -> dict[str, Ability]:
    """By two-letter code, every language of which anything works. A test model is no ability."""
    hears, speaks = captioner.languages(), voice.languages()
    reads: dict[str, set[str]] = {}
    for pair in translator.pairs():
        if not pair.fixture:
            reads.setdefault(pair.target, set()).add(pair.source)
    return {
        language: Ability(
            hear=language in hears, read=sorted(reads.get(language, ())), speak=language in speaks
        )
        for language in sorted(hears | speaks | reads.keys())
    }
