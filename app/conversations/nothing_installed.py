"""A municipality without words of its own: our phrase board alone."""

from app.domain.phrases import PhraseBoard, load_phrases


class NoWords:
    """Implements MunicipalWords."""

    def __init__(self) -> None:
        self._board = load_phrases()

    def board(self) -> PhraseBoard:
        return self._board

    def terms(self, source: str, target: str) -> dict[str, str]:
        return {}

    def vocabulary(self, conversation_id: str) -> tuple[str, ...]:
        return ()
