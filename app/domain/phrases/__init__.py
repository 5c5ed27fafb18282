"""The phrase board: sentences that a desk needs, written by people in twelve languages, never made at run time.

`load_phrases()` reads the TOML files beside this one. What is asked of them: docs/change/phrases.md.
"""

from app.domain.phrases.board import LANGUAGES, NAMES, By, Phrase, PhraseBoard, Review, Subject
from app.domain.phrases.loading import MalformedPhrases, load_phrases
from app.domain.phrases.lookup import PhraseIndex, same_sentence_key

__all__ = [
    "LANGUAGES",
    "NAMES",
    "By",
    "MalformedPhrases",
    "Phrase",
    "PhraseBoard",
    "PhraseIndex",
    "Review",
    "Subject",
    "load_phrases",
    "same_sentence_key",
]
