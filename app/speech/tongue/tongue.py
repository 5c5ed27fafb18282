"""The Translator: splits, protects, asks the engines, and shows nothing in which a number was lost."""

import logging
import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.domain.speech import SpeechUnavailable
from app.domain.translation import LONGEST_TEXT, Pair, PairNotSupported, Translation
from app.speech.tongue.engine_process import EngineProcess, ModelBroken
from app.speech.tongue.guarded import Sentence, translate_guarded
from app.speech.tongue.protected import Token, find
from app.speech.tongue.routes import Direction, Route, routes
from app.speech.tongue.sentences import split

log = logging.getLogger("wijkbalie.speech")

_PICTURES = r"\s\u200d\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_EDGES = re.compile(rf"^[{_PICTURES}]+|[{_PICTURES}]+$")

MOST_LOADED = 6
"""Models in memory at once, some 50 to 150 MB each; who talks in a rarer language waits half a second."""


class Tongue:
    """Translator. Each direction is tried once, on a thread, before pairs() names it."""

    def __init__(self, directions: Sequence[Direction], most_loaded: int = MOST_LOADED) -> None:
        self._engines = EngineProcess(most_loaded)
        self._lock = threading.Lock()
        self._usable: list[Direction] = []
        self._routes: dict[tuple[str, str], Route] = {}
        self.tried = threading.Event()
        """Set once every direction was tried."""
        threading.Thread(target=self._try_all, args=(directions,), name="tongue", daemon=True).start()

    def pairs(self) -> frozenset[Pair]:
        return frozenset(route.pair for route in self._routes.values())

    def translate(
        self,
        text: str,
        source: str,
        target: str,
        terms: Mapping[str, str] = {},
        names: Sequence[str] = (),
    ) -> Translation:
        if len(text) > LONGEST_TEXT:
            raise ValueError(f"{len(text)} characters; at most {LONGEST_TEXT}")
        tokens = find(text, source, target, terms, names)
        while True:
            route = self._routes.get((source, target))
            if route is None:
                raise PairNotSupported(source, target)
            try:
                return self._by(route, text, tokens)
            except ModelBroken as broken:
                self._forget(broken.args[0])  # and by the next best way, if there is one

    def close(self) -> None:
        self._engines.close()

    def _by(self, route: Route, text: str, tokens: list[Token]) -> Translation:
        sentences, gaps = _sentences(text, tokens)
        translate_guarded(sentences, lambda texts: self._along(route, texts))
        pair = route.pair
        lost = tuple(word for sentence in sentences for word in sentence.lost)
        whole = (
            ""
            if lost
            else "".join(
                before + (sentence.translation or "") + after
                for sentence, (before, after) in zip(sentences, gaps, strict=True)
            )
        )
        return Translation(whole, pair.source, pair.target, "machine", pair.engine, pair.fixture, lost)

    def _along(self, route: Route, texts: list[str]) -> list[str]:
        for leg in route.legs:
            try:
                texts = self._engines.translate(leg.place, texts)
            except ModelBroken:
                raise ModelBroken(leg) from None
        return texts

    def _try_all(self, directions: Sequence[Direction]) -> None:
        for direction in directions:
            began = time.monotonic()
            try:
                self._along(Route((direction,)), ["1"])
            except (ModelBroken, SpeechUnavailable) as problem:
                log.error(
                    "%s %s to %s cannot be used: %s",
                    direction.place.engine,
                    direction.place.source,
                    direction.place.target,
                    type(problem).__name__,
                )
                continue
            log.info(
                "%s %s to %s is ready (%.1f s)",
                direction.place.engine,
                direction.place.source,
                direction.place.target,
                time.monotonic() - began,
            )
            with self._lock:
                self._usable.append(direction)
                self._routes = routes(self._usable)
        self.tried.set()

    def _forget(self, direction: Direction) -> None:
        with self._lock:
            self._usable = [other for other in self._usable if other != direction]
            self._routes = routes(self._usable)


def _sentences(text: str, tokens: Sequence[Token]) -> tuple[list[Sentence], list[tuple[str, str]]]:
    """Sentences, and what stands before and after each: white space and little pictures, which engines spoil."""
    sentences, gaps, place = [], [], 0
    for piece in split(text, [(token.start, token.end) for token in tokens]):
        said = _EDGES.sub("", piece)
        start = place + piece.index(said)
        end = start + len(said)
        gaps.append((text[place:start], text[end : place + len(piece)]))
        within = [
            replace(token, start=token.start - start, end=token.end - start)
            for token in tokens
            if start <= token.start and token.end <= end
        ]
        sentences.append(Sentence(said, within))
        place += len(piece)
    return sentences, gaps
