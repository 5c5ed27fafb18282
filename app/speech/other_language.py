"""Whether a speaker speaks another language than was chosen. It takes more than one sentence to say so."""

from app.speech.recogniser import UNCLEAR

_IN_A_ROW = 2


class OtherLanguage:
    """language: the speaker's own choice."""

    def __init__(self, language: str) -> None:
        self._chosen = language
        self._heard: str | None = None
        self._times = 0

    def follow(self, heard: str | None) -> str | None:
        """heard: what the newest utterance sounds like; None, when it was too short to tell, changes nothing.

        Gives the other language from the second utterance in a row on that sounds like it.
        """
        if heard is None:
            return None
        self._times = self._times + 1 if heard == self._heard else 1
        self._heard = heard
        return heard if heard not in (self._chosen, UNCLEAR) and self._times >= _IN_A_ROW else None
