"""Words that may be shown while a person still speaks: those that two decodings in a row agree on.

The idea is LocalAgreement (Liu et al., Interspeech 2020; used for Whisper by Macháček et al., 2023). What is
shown only grows; the final text alone may correct it. Of the two, one may be a guess: the engine doubts nearly
every decoding of the first half second, and is right about the first word in most of them.
"""

from itertools import takewhile


class Agreement:
    def __init__(self) -> None:
        self._shown: list[str] = []
        self._believed: list[str] = []
        self._guess: list[str] = []

    @property
    def text(self) -> str:
        return " ".join(self._shown)

    def add(self, text: str, guess: bool = False) -> bool:
        """A new decoding of the whole utterance so far. True when more may be shown."""
        words = text.split()
        agreed = _agreed(words, self._believed)
        if guess:
            self._guess = words
        else:
            agreed = max(agreed, _agreed(words, self._guess))
            self._believed, self._guess = words, []
        return self._show(words[:agreed])

    def settle(self, text: str) -> bool:
        """A thorough decoding at a pause: there is nothing to wait for."""
        self._believed, self._guess = text.split(), []
        return self._show(self._believed)

    def _show(self, words: list[str]) -> bool:
        if len(words) <= len(self._shown):
            return False
        self._shown += words[len(self._shown) :]
        return True


def _agreed(words: list[str], before: list[str]) -> int:
    """How many words from the start are the same in both."""
    pairs = zip(words, before, strict=False)
    return sum(1 for _ in takewhile(lambda pair: _bare(pair[0]) == _bare(pair[1]), pairs))


def _bare(word: str) -> str:
    return "".join(c for c in word.casefold() if c.isalnum())
