"""What the computer can do for one language now, as it is told to the reader before the talk."""

from dataclasses import dataclass

from app.accessible_ui.languages import DUTCH
from app.domain.speech import Captioner, Voice
from app.domain.translation import Translator


@dataclass(frozen=True, slots=True)
class Abilities:
    """name: the language in the reader's words. What the desk itself speaks is never translated into itself."""

    name: str
    translates: bool
    hears: bool
    reads: bool
    speaks: bool
    is_read: bool
    away: bool
    """Nothing works for any language, as while the speech process starts."""


def abilities_of(
    code: str, name: str, captioner: Captioner, voice: Voice, translator: Translator
) -> Abilities:
    """A test model is no ability: who counts on it would read nonsense."""
    pairs = {(pair.source, pair.target) for pair in translator.pairs() if not pair.fixture}
    heard, spoken = captioner.languages(), voice.languages()
    return Abilities(
        name=name,
        translates=code != DUTCH.code,
        hears=code in heard,
        reads=(DUTCH.code, code) in pairs,
        speaks=code in spoken,
        is_read=(code, DUTCH.code) in pairs,
        away=not (heard or spoken or pairs),
    )
