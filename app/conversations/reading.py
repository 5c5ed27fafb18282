"""Who reads what somebody said: captions, their states, translations, the coach. A part of the room, pure as it is."""

from dataclasses import asdict, dataclass
from typing import Literal

from app.conversations.messages import Message, Post
from app.conversations.participant import Participant
from app.domain.plain_language.coach import Coach
from app.domain.speech import Caption, CaptionState

Original = Literal["caption", "typing"]
TranslationState = Literal["machine", "phrase", "fixture", "lost", "missing"]

LATE_SHOWN_S = 10.0
"""So long after the last late translation a reader is told that it goes well again, should nothing else be said."""
MISSING_SAID = 256
"""Pairs that one room remembers to have called missing. A client that names more languages hears it again."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One original that people wait for in one language. readers: their ids, and the page that reads."""

    speaker: str
    of: Original
    line: int
    text: str
    source: str
    target: str
    readers: tuple[tuple[str, str | None], ...]
    names: tuple[str, ...]
    """Of the people in the room: they stay as they are."""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of it. text: None when lost or missing; then the original stands alone."""

    state: TranslationState
    text: str | None


class Reading:
    """people: the room's, who come and go. `wanted` collects what is to be translated, in the order it was said."""

    def __init__(self, people: dict[str, Participant]) -> None:
        self._people = people
        self._last_utterance: dict[str, int] = {}
        self._ears: dict[str, CaptionState] = {}
        self._late: dict[tuple[str, str], float] = {}
        self._told_states: dict[tuple[str, str], CaptionState] = {}
        self._missing_said: set[tuple[str, str, str, str]] = set()
        self._asked: dict[str, set[str]] = {}
        self._refused: dict[str, set[str]] = {}
        self._wanted: list[Wanted] = []
        self._coaches: dict[str, Coach] = {}

    # --- Who reads, who is heard

    def readers(self, speaker_id: str) -> list[str]:
        return [person.id for person in self._others(speaker_id) if person.reads]

    def sends_sound(self, seat_id: str) -> bool:
        """On the line, agreed, and somebody else on the line reads, or the own coach does."""
        person = self._people.get(seat_id)
        if person is None or not person.connected or not person.agrees:
            return False
        return person.coached or bool(self.readers(seat_id))

    def captioned(self, viewer: Participant, other: Participant) -> bool:
        """Is that one's sound sent for captions, as this viewer may know it? A coach is a private matter."""
        if viewer.id == other.id:
            return self.sends_sound(other.id)
        return other.connected and other.agrees and bool(self.readers(other.id))

    # --- Captions

    def caption(self, seat_id: str, utterance: int, caption: Caption) -> list[Post]:
        """What this one said, for who reads it. Who took back the agreement is captioned no more."""
        person = self._people.get(seat_id)
        if person is None or not person.agrees:
            return []
        content = {
            "from": seat_id,
            "utterance": utterance,
            "text": caption.text,
            "final": caption.final,
            "language": caption.language,
        }
        message = Message("caption", content)
        self._last_utterance[seat_id] = max(utterance, self._last_utterance.get(seat_id, 0))
        posts = [(reader, message) for reader in self.readers(seat_id)]
        if caption.final:
            readers = [other for other in self._others(seat_id) if other.reads]
            self._want(seat_id, "caption", utterance, caption.text, caption.language, readers)
            posts += self._hint(person, caption)
            posts += self._other_language(person, caption.heard)
        return posts

    def utterances_begin(self, seat_id: str, now_ms: int) -> int:
        """Add this to a new listening's utterances: no number comes twice, nor after a restart."""
        return max(now_ms, self._last_utterance.get(seat_id, 0))

    def _hint(self, person: Participant, caption: Caption) -> list[Post]:
        """What the coach says of these words: to their speaker alone, in Dutch alone."""
        if not person.coached:
            self._coaches.pop(person.id, None)
            return []
        if not person.connected or caption.language != "nl":
            return []
        coach = self._coaches.setdefault(person.id, Coach())
        hint = coach.hear(caption.text, caption.ended_at_s - caption.started_at_s)
        return [(person.id, Message("hint", asdict(hint)))] if hint else []

    # --- Another language than chosen

    def _other_language(self, person: Participant, heard: str | None) -> list[Post]:
        """Asks, once. Never switches by itself: a wrong guess would make nonsense of all that follows."""
        if heard is None or heard == person.spoken_language or not person.connected:
            return []
        if heard in self._asked.get(person.id, ()) or heard in self._refused.get(person.id, ()):
            return []
        self._asked.setdefault(person.id, set()).add(heard)
        return [(person.id, Message("other_language", {"language": heard}))]

    def keep_language(self, seat_id: str, language: str) -> None:
        """The answer is no. Nothing for what was never asked, so nobody can fill a memory with it."""
        if language in self._asked.get(seat_id, ()):
            self._asked[seat_id].discard(language)
            self._refused.setdefault(seat_id, set()).add(language)

    # --- Translations

    def typed(self, seat_id: str, line: int, text: str, language: str = "") -> None:
        """A line is done. Written in the language that its writer speaks, unless they say which."""
        source = language or self._people[seat_id].spoken_language
        self._want(seat_id, "typing", line, text, source, self._others(seat_id))

    def _want(
        self, speaker: str, of: Original, line: int, text: str, source: str, readers: list[Participant]
    ) -> None:
        if not text.strip():
            return
        names = tuple(sorted({person.name for person in self._people.values() if person.name}))
        for target in sorted({reader.caption_language for reader in readers} - {source}):
            waiting = tuple((who.id, who.epoch) for who in readers if who.caption_language == target)
            self._wanted.append(Wanted(speaker, of, line, text, source, target, waiting, names))

    def take_wanted(self) -> list[Wanted]:
        """Each once."""
        taken, self._wanted = self._wanted, []
        return taken

    def translated(self, wanted: Wanted, made: Made) -> list[Post]:
        """For who still waits for it. In time, so this reader is not behind any more."""
        readers = self._waiting(wanted)
        for reader in readers:
            self._late.pop((reader, wanted.speaker), None)
        if made.state == "missing":
            readers = [reader for reader in readers if self._first_missing(reader, wanted)]
        content = {
            "from": wanted.speaker,
            "of": wanted.of,
            "line": wanted.line,
            "source": wanted.source,
            "language": wanted.target,
            "text": made.text,
            "state": made.state,
        }
        return [(reader, Message("translation", content)) for reader in readers]

    def late(self, wanted: Wanted, now: float) -> None:
        """Dropped: it would come too long after the original."""
        for reader in self._waiting(wanted):
            self._late[reader, wanted.speaker] = now

    def _waiting(self, wanted: Wanted) -> list[str]:
        speaker = self._people.get(wanted.speaker)
        if wanted.of == "caption" and speaker is not None and not speaker.agrees:
            return []
        waiting = []
        for reader_id, epoch in wanted.readers:
            reader = self._people.get(reader_id)
            if reader is None or not reader.connected or reader.epoch != epoch:
                continue
            if reader.caption_language == wanted.target and (reader.reads or wanted.of == "typing"):
                waiting.append(reader_id)
        return waiting

    def _first_missing(self, reader: str, wanted: Wanted) -> bool:
        said = (reader, wanted.speaker, wanted.source, wanted.target)
        if said in self._missing_said:
            return False
        if len(self._missing_said) >= MISSING_SAID:
            self._missing_said.clear()
        self._missing_said.add(said)
        return True

    # --- How well it goes

    def ear_is(self, seat_id: str, state: CaptionState) -> None:
        """What the captioner says of this one's captions."""
        self._ears[seat_id] = state

    def tick(self, now: float) -> None:
        self._late = {who: at for who, at in self._late.items() if now - at < LATE_SHOWN_S}

    def tell_states(self) -> list[Post]:
        """Who must hear that captions of somebody are behind, away, or well again."""
        self._ears = {who: state for who, state in self._ears.items() if self.sends_sound(who)}
        for known in (self._late, self._told_states):
            for gone in [key for key in known if not self._there(key[0]) or key[1] not in self._people]:
                known.pop(gone, None)
        posts = []
        for viewer in self._people.values():
            for speaker in self._people if viewer.connected else ():
                state = self._state(viewer, speaker)
                told = self._told_states.get((viewer.id, speaker))
                if state is not None and state != told:
                    self._told_states[viewer.id, speaker] = state
                    posts.append((viewer.id, Message("caption_state", {"from": speaker, "state": state})))
        return posts

    def _state(self, viewer: Participant, speaker: str) -> CaptionState | None:
        """None: nothing was ever to be told."""
        ear = self._ears.get(speaker) if viewer.reads or viewer.id == speaker else None
        if ear == "unavailable":
            return ear
        if ear == "behind" or (viewer.id, speaker) in self._late:
            return "behind"
        return "ready" if ear or (viewer.id, speaker) in self._told_states else None

    # --- Coming and going

    def new_page(self, seat_id: str) -> None:
        """Of this participant; it knows nothing of what the page before it was told."""
        self._asked.pop(seat_id, None)
        self._coaches.pop(seat_id, None)
        self._missing_said = {said for said in self._missing_said if said[0] != seat_id}

    def gone(self, seat_id: str) -> None:
        """For good."""
        self.new_page(seat_id)
        self._missing_said = {said for said in self._missing_said if said[1] != seat_id}
        self._last_utterance.pop(seat_id, None)
        self._refused.pop(seat_id, None)

    def _there(self, seat_id: str) -> bool:
        person = self._people.get(seat_id)
        return person is not None and person.connected

    def _others(self, seat_id: str) -> list[Participant]:
        return [person for person in self._people.values() if person.connected and person.id != seat_id]
