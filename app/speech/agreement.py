"""Words that may be shown while a person still speaks: those that two decodings in a row agree on.

The idea is LocalAgreement (Liu et al., Interspeech 2020; used for Whisper by Macháček et al., 2023). What is
shown only grows; the final text alone may correct it.
"""


class Agreement:
    def __init__(self) -> None:
        self._shown: list[str] = []
        self._before: list[str] = []

    @property
    def text(self) -> str:
        return " ".join(self._shown)

    def add(self, text: str) -> bool:
        """A new decoding of the whole utterance so far. True when more may be shown."""
        words = text.split()
        agreed = 0
        for one, other in zip(self._before, words, strict=False):
            if _bare(one) != _bare(other):
                break
            agreed += 1
        self._before = words
        return self._show(words[:agreed])

    def settle(self, text: str) -> bool:
        """A thorough decoding at a pause: there is nothing to wait for."""
        self._before = text.split()
        return self._show(self._before)

    def _show(self, words: list[str]) -> bool:
        if len(words) <= len(self._shown):
            return False
        self._shown += words[len(self._shown) :]
        return True


def _bare(word: str) -> str:
    return "".join(c for c in word.casefold() if c.isalnum())
