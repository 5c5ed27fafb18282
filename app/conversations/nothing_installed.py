"""A talk without tongue and without words of its own: what is said stays as it was said."""

from collections.abc import Mapping, Sequence

from app.domain.translation import Pair, PairNotSupported, Translation


class NoTranslator:
    """Translator of an installation that has none."""

    def pairs(self) -> frozenset[Pair]:
        return frozenset()

    def translate(
        self,
        text: str,
        source: str,
        target: str,
        terms: Mapping[str, str] = {},
        names: Sequence[str] = (),
    ) -> Translation:
        raise PairNotSupported(source, target)


class NoWords:
    """Words, and the board of it, of a municipality that has none."""

    def board(self) -> "NoWords":
        return self

    def find(self, text: str, source: str, target: str) -> str | None:
        return None

    def terms(self, source: str, target: str) -> Mapping[str, str]:
        return {}

    def vocabulary(self, conversation_id: str) -> Sequence[str]:
        return ()
