"""Whatever happens, in whatever order: the room's promises hold."""

from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.conversations import messages as wire
from app.conversations.fields import WireError
from app.conversations.messages import Post
from app.conversations.reading import Made, TranslationState, Wanted
from app.conversations.room import Room
from app.domain.conversations import Role, Seat
from app.domain.speech import Caption, CaptionState
from tests.integration.test_room import ADMITTED, hello, seat

numbers = st.integers(1, 4)
EPOCHS = ["epoch-aaaa", "epoch-bbbb"]


class AnyTalk(RuleBasedStateMachine):
    """`lines` is what a hub would know: who has an open socket. `pictures` is what each page was told."""

    @initialize(there=st.sets(numbers), reads=st.sets(numbers), agrees=st.sets(numbers))
    def begin(self, there: set[int], reads: set[int], agrees: set[int]) -> None:
        """Some are in the talk already, so that what follows meets others."""
        self.now = 0.0
        seats = [seat(number, reads=number in reads, agrees=number in agrees) for number in there | {1}]
        self.kept: dict[str, Seat] = {each.id: each for each in seats}
        self.room = Room(self.kept.values(), self.now)
        self.lines: set[str] = set()
        self.pictures: dict[str, dict[str, dict[str, Any]]] = {}
        self.sound: dict[str, dict[str, Any]] = {}
        self.states: dict[tuple[str, str], str] = {}
        self.wanted: list[Wanted] = []
        for number in there:
            self.join(number, EPOCHS[0])

    def told(self, posts: list[Post]) -> None:
        for recipient, message in posts:
            assert recipient in self.lines, f"{message.type} to {recipient}, who has no line"
            if message.type == "welcome":
                self.states = {key: state for key, state in self.states.items() if key[0] != recipient}
                self.pictures[recipient] = {p["id"]: p for p in message.content["participants"]}
                self.sound[recipient] = dict(message.content["sound"])
            elif message.type == "participant":
                record = message.content["participant"]
                self.pictures[recipient][record["id"]] = record
            elif message.type == "left":
                del self.pictures[recipient][message.content["participant"]]
            elif message.type == "sound":
                self.sound[recipient] = dict(message.content)
            elif message.type == "caption":
                assert self.room.people[recipient].reads
                assert recipient != message.content["from"]
            elif message.type == "translation":
                reader = self.room.people[recipient]
                assert recipient != message.content["from"]
                assert reader.caption_language == message.content["language"] != message.content["source"]
                assert reader.reads or message.content["of"] == "typing"
            elif message.type == "hint":
                assert self.room.people[recipient].coached
            elif message.type == "caption_state":
                key = (recipient, message.content["from"])
                assert self.states.get(key) != message.content["state"], "told twice"
                self.states[key] = message.content["state"]
            assert message.to_json()

    @rule(number=numbers, reads=st.booleans(), agrees=st.booleans())
    def sit_down(self, number: int, reads: bool, agrees: bool) -> None:
        new = seat(number, admitted=number == 1, reads=reads, agrees=agrees)
        self.kept.setdefault(new.id, new)
        self.told(self.room.seat_changed(self.kept[new.id], self.now))

    @rule(number=numbers)
    def admit(self, number: int) -> None:
        if f"seat{number}" in self.kept:
            self.kept[f"seat{number}"] = replace(self.kept[f"seat{number}"], admitted_at=ADMITTED)
            self.told(self.room.seat_changed(self.kept[f"seat{number}"], self.now))

    @rule(number=numbers, epoch=st.sampled_from(EPOCHS))
    def join(self, number: int, epoch: str) -> None:
        who = f"seat{number}"
        before = set(self.lines)
        self.lines.add(who)
        try:
            self.told(self.room.join(who, hello(epoch), self.now))
        except WireError as error:
            self.lines = before
            allowed = who in self.kept and self.kept[who].admitted_at is not None
            assert not allowed, error.code  # noqa: PT017

    @rule(number=numbers)
    def lose(self, number: int) -> None:
        self.lines.discard(f"seat{number}")
        self.told(self.room.lost(f"seat{number}", self.now))

    @rule(number=numbers)
    def leave(self, number: int) -> None:
        self.kept.pop(f"seat{number}", None)
        self.told([post for post in self.room.leave(f"seat{number}") if post[0] != f"seat{number}"])
        self.lines.discard(f"seat{number}")

    @rule(number=numbers)
    def remove(self, number: int) -> None:
        self.kept.pop(f"seat{number}", None)
        self.told(self.room.removed(f"seat{number}"))
        self.lines.discard(f"seat{number}")

    @rule(number=numbers, reads=st.booleans(), agrees=st.booleans(), language=st.sampled_from(["nl", "en"]))
    def choose(self, number: int, reads: bool, agrees: bool, language: str) -> None:
        who = f"seat{number}"
        if who in self.kept:
            self.kept[who] = replace(
                self.kept[who], reads_captions=reads, agrees_captions=agrees, caption_language=language
            )
            self.told(self.room.caption_choice(self.kept[who], "en", self.now))

    @rule(
        number=numbers,
        to=numbers,
        epoch=st.sampled_from(EPOCHS),
        kind=st.sampled_from(
            ["offer", "candidate", "typing", "state", "trouble", "mute", "ping", "coach", "keep_language"]
        ),
        flag=st.booleans(),
    )
    def say(self, number: int, to: int, epoch: str, kind: str, flag: bool) -> None:
        who, other = f"seat{number}", f"seat{to}"
        messages: dict[str, wire.ClientMessage] = {
            "offer": wire.Offer(other, epoch, {"type": "offer", "sdp": ""}),
            "candidate": wire.Candidate(other, epoch, None),
            "typing": wire.Typing(1, "dag", flag),
            "state": wire.State(flag, not flag, False),
            "trouble": wire.TroubleCode("no_camera" if flag else None),
            "mute": wire.Mute(other),
            "ping": wire.Ping(),
            "coach": wire.Coach(flag),
            "keep_language": wire.KeepLanguage("en"),
        }
        message, before = messages[kind], dict(self.room.people)
        try:
            posts = self.room.handle(who, message, self.now)
        except WireError:
            assert self.room.people == before, "a refused message changed something"
            return
        assert who in self.lines
        assert kind not in ("mute", "coach") or self.room.people[who].role is Role.EMPLOYEE
        self.told(posts)

    @rule(number=numbers, heard=st.sampled_from([None, "en", "nl"]))
    def be_heard(self, number: int, heard: str | None) -> None:
        caption = Caption(1, "woorden", True, "nl", 0.0, 1.0, heard=heard)
        posts = self.room.caption(f"seat{number}", 1, caption)
        assert not posts or self.kept[f"seat{number}"].agrees_captions
        self.told(posts)

    @rule(state=st.sampled_from(["ready", "behind", "unavailable"]), number=numbers)
    def ear_says(self, number: int, state: CaptionState) -> None:
        self.told(self.room.caption_state(f"seat{number}", state))

    @rule(state=st.sampled_from(["machine", "lost", "missing"]), late=st.booleans())
    def translate(self, state: TranslationState, late: bool) -> None:
        """Sooner or later, whoever came or went meanwhile."""
        self.wanted += self.room.take_wanted()
        if self.wanted and late:
            self.told(self.room.translation_late(self.wanted.pop(0), self.now))
        elif self.wanted:
            self.told(self.room.translated(self.wanted.pop(0), Made(state, None)))

    @rule(seconds=st.sampled_from([0.1, 16.0, 700.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.told(self.room.tick(self.now))
        for absent in self.room.absent(self.now):
            assert absent != "seat1"
            assert absent not in self.lines

    @rule(number=numbers)
    def poll(self, number: int) -> None:
        self.told(self.room.seat_seen(f"seat{number}", self.now))

    @rule()
    def read_again(self) -> None:
        self.told(self.room.seats_are(list(self.kept.values()), self.now))

    @invariant()
    def four_at_most_and_as_kept(self) -> None:
        if hasattr(self, "room"):
            assert len(self.room.people) <= 4
            assert set(self.room.people) == set(self.kept)

    @invariant()
    def connected_means_admitted_and_on_the_line(self) -> None:
        for person in self.room.people.values() if hasattr(self, "room") else ():
            assert person.connected == (person.id in self.lines)
            assert not person.connected or person.admitted

    @invariant()
    def every_picture_is_true(self) -> None:
        for viewer in self.lines if hasattr(self, "room") else ():
            me = self.room.people[viewer]
            true = {
                other.id: me.record_of(
                    other,
                    self.room.sends_sound(other.id)
                    and (other.id == viewer or any(self.reads(who) for who in self.lines - {other.id})),
                )
                for other in self.room.people.values()
                if me.may_see(other)
            }
            assert self.pictures[viewer] == true

    @invariant()
    def sound_only_from_who_agrees_for_who_reads(self) -> None:
        for viewer in self.lines if hasattr(self, "room") else ():
            readers = [other for other in self.lines if other != viewer and self.kept[other].reads_captions]
            assert set(self.sound[viewer]["readers"]) == set(readers)
            heard = bool(readers) or self.room.people[viewer].coached
            assert self.sound[viewer]["send"] == (self.kept[viewer].agrees_captions and heard)

    def reads(self, who: str) -> bool:
        return self.kept[who].reads_captions


AnyTalk.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestAnyTalk = AnyTalk.TestCase
