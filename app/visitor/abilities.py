"""What the computer can do for one language now, as it is told to the reader before the talk."""

from dataclasses import dataclass

from app.accessible_ui.languages import DUTCH
from app.conversations.abilities import Ability, abilities
from app.domain.speech import Captioner, Voice
from app.domain.translation import Translator

NOTHING = Ability(hear=False, read=[], speak=False)


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
    """The same that the call page is told; test models never count."""
    able = abilities(captioner, translator, voice)
    own, desk = able.get(code, NOTHING), able.get(DUTCH.code, NOTHING)
    return Abilities(
        name=name,
        translates=code != DUTCH.code,
        hears=own["hear"],
        reads=DUTCH.code in own["read"],
        speaks=own["speak"],
        is_read=code in desk["read"],
        away=not able,
    )
