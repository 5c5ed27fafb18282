"""A translation in which nothing protected was changed, or none."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from app.speech.tongue.protected import OPAQUE, Token, broken

Engine = Callable[[list[str]], list[str]]
"""Sentences → as many translations."""

_STYLES = ("XQ{}", "XQ{}", "[{}]")
"""Placeholders that engines carry over (docs/change/translation.md has the figures); tried in this order."""
_LOOPS = 4
"""A translation so many times longer than its original says the same again and again."""


@dataclass(slots=True)
class Sentence:
    """One sentence without white space around it, on its way. tokens: places count from its beginning."""

    text: str
    tokens: list[Token]
    translation: str | None = None
    lost: list[str] = field(default_factory=list)

    @property
    def has_words(self) -> bool:
        """Whether anything is left to translate beside what is protected."""
        rest, place = "", 0
        for token in self.tokens:
            rest += self.text[place : token.start]
            place = token.end
        return any(character.isalpha() for character in rest + self.text[place:])


def translate_guarded(sentences: Sequence[Sentence], engine: Engine) -> None:
    """Gives each sentence its translation, or what was lost in every try.

    First what no engine needs to understand is held by placeholders and the rest stands as it is, which reads
    best; then also what that lost; then everything.
    """
    for sentence in sentences:
        if not sentence.has_words:
            sentence.translation = _fill_in(sentence.text, sentence.tokens, "", {})
    todo = [sentence for sentence in sentences if sentence.translation is None]
    held = {id(sentence): {t.start for t in sentence.tokens if t.kind in OPAQUE} for sentence in todo}
    for number, style in enumerate(_STYLES):
        if not todo:
            return
        if number == len(_STYLES) - 1:
            held = {id(sentence): {token.start for token in sentence.tokens} for sentence in todo}
        masked = [_mask(sentence, held[id(sentence)], style) for sentence in todo]
        texts = engine([text for text, _ in masked])
        again = []
        for sentence, (_, style_used), text in zip(todo, masked, texts, strict=True):
            missing = _accept(sentence, held[id(sentence)], style_used, text)
            if sentence.translation is None and sentence.tokens:
                held[id(sentence)] |= missing
                again.append(sentence)
        todo = again


def _mask(sentence: Sentence, held: Collection[int], style: str) -> tuple[str, str]:
    # Somebody who says our very placeholder gets another one.
    while style.format(1) in sentence.text:
        style = "W" + style
    text, place, number = "", 0, 0
    for token in sentence.tokens:
        if token.start in held:
            number += 1
            text += sentence.text[place : token.start] + style.format(number)
            place = token.end
    text += sentence.text[place:]
    # Engines leave words in capitals as they are.
    return text.capitalize() if _is_shouted(sentence) else text, style


def _is_shouted(sentence: Sentence) -> bool:
    return not sentence.tokens and sentence.text.isupper() and " " in sentence.text


def _accept(sentence: Sentence, held: Collection[int], style: str, text: str) -> set[int]:
    """Sets the translation if all is well, else `lost`. Returns where the lost tokens begin."""
    in_place = [token for token in sentence.tokens if token.start not in held]
    placeholders = [token for token in sentence.tokens if token.start in held]
    filled = {}
    gone = []
    for number, token in enumerate(placeholders, 1):
        found = list(re.finditer(_placeholder(style, str(number)), text, re.IGNORECASE))
        if len(found) == 1:
            filled[found[0].span()] = token
        else:
            gone.append(token)
    rest = re.sub(_placeholder(style, r"\d+"), " ", text, flags=re.IGNORECASE)
    missing, invented = broken(in_place, rest)
    if not text.strip() or len(text) > _LOOPS * len(sentence.text) + 60:
        missing, invented = in_place, [] if in_place or gone else [sentence.text]
    lost = gone + missing
    if lost or invented:
        sentence.lost = [token.text for token in sorted(lost, key=lambda t: t.start)] or invented
        return {token.start for token in lost} or {token.start for token in sentence.tokens}
    sentence.lost = []
    sentence.translation = _cased(_fill_in(text, sentence.tokens, style, filled), sentence)
    return set()


def _placeholder(style: str, number: str) -> str:
    before, after = style.split("{}")
    return rf"(?<!\w){re.escape(before)}{number}{re.escape(after)}(?!\w)"


def _fill_in(text: str, tokens: Sequence[Token], style: str, filled: dict[tuple[int, int], Token]) -> str:
    """Placeholders back into what they stand for; without a style the text is the original one."""
    places = filled if style else {(token.start, token.end): token for token in tokens}
    for (start, end), token in sorted(places.items(), reverse=True):
        text = text[:start] + token.stays + text[end:]
    return text


def _cased(text: str, sentence: Sentence) -> str:
    """A sentence that began with a capital still does, unless it begins with what must stay as it is."""
    if _is_shouted(sentence):
        return text.upper()
    begins_protected = any(text.startswith(token.stays) for token in sentence.tokens if token.kind != "term")
    if sentence.text[0].isupper() and text and not begins_protected:
        return text[0].upper() + text[1:]
    return text
