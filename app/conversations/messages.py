"""Every message of a conversation's sockets, and how a client's frame becomes one.

The rules stand in docs/signalling.md.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal, NoReturn, get_type_hints

from app.conversations.fields import (
    DESCRIPTION_BYTES,
    AnswerDescription,
    Epoch,
    Flag,
    IceCandidate,
    Id,
    Language,
    Line,
    OfferDescription,
    TextSize,
    Trouble,
    TypedLine,
    WireError,
    malformed,
    one_of,
)

FRAME_BYTES = 16 * 1024

# --- From the client. The field names are the wire's.


@dataclass(frozen=True, slots=True)
class View:
    """text_size may be missing: a page that was loaded before an update comes back as it was."""

    language: Language
    spoken_language: Language
    text_size: TextSize = 100


@dataclass(frozen=True, slots=True)
class OwnState:
    microphone: Flag
    camera: Flag
    sound_only: Flag


@dataclass(frozen=True, slots=True)
class Hello:
    type: ClassVar = "hello"
    epoch: Epoch
    view: View
    state: OwnState


@dataclass(frozen=True, slots=True)
class Offer:
    type: ClassVar = "offer"
    to: Id
    epoch: Epoch
    description: OfferDescription


@dataclass(frozen=True, slots=True)
class Answer:
    type: ClassVar = "answer"
    to: Id
    epoch: Epoch
    description: AnswerDescription


@dataclass(frozen=True, slots=True)
class Candidate:
    type: ClassVar = "candidate"
    to: Id
    epoch: Epoch
    candidate: IceCandidate


@dataclass(frozen=True, slots=True)
class State:
    type: ClassVar = "state"
    microphone: Flag
    camera: Flag
    sound_only: Flag


@dataclass(frozen=True, slots=True)
class TroubleCode:
    type: ClassVar = "trouble"
    code: Trouble


@dataclass(frozen=True, slots=True)
class CaptionChoice:
    type: ClassVar = "caption_choice"
    reads: Flag
    agrees: Flag
    language: Language
    spoken_language: Language


@dataclass(frozen=True, slots=True)
class KeepLanguage:
    """The no to "other_language"."""

    type: ClassVar = "keep_language"
    language: Language


@dataclass(frozen=True, slots=True)
class Coach:
    type: ClassVar = "coach"
    on: Flag


@dataclass(frozen=True, slots=True)
class Typing:
    """language: in which it is written, when that is not the writer's spoken language: a chosen phrase."""

    type: ClassVar = "typing"
    line: Line
    text: TypedLine
    done: Flag
    language: Language = ""


@dataclass(frozen=True, slots=True)
class Admit:
    type: ClassVar = "admit"
    participant: Id


@dataclass(frozen=True, slots=True)
class Mute:
    type: ClassVar = "mute"
    participant: Id


@dataclass(frozen=True, slots=True)
class Remove:
    type: ClassVar = "remove"
    participant: Id


@dataclass(frozen=True, slots=True)
class End:
    type: ClassVar = "end"


@dataclass(frozen=True, slots=True)
class Leave:
    type: ClassVar = "leave"


@dataclass(frozen=True, slots=True)
class Ping:
    type: ClassVar = "ping"


@dataclass(frozen=True, slots=True)
class OpenSound:
    """First frame of the sound socket."""

    type: ClassVar = "open"
    encoding: Annotated[Literal["pcm", "opus"], one_of("pcm", "opus")]
    language: Language


@dataclass(frozen=True, slots=True)
class CloseSound:
    type: ClassVar = "close"


ClientMessage = (
    Hello
    | Offer
    | Answer
    | Candidate
    | State
    | TroubleCode
    | CaptionChoice
    | KeepLanguage
    | Coach
    | Typing
    | Admit
    | Mute
    | Remove
    | End
    | Leave
    | Ping
)
SoundMessage = OpenSound | CloseSound
Kept = Admit | Remove | CaptionChoice | Leave | End
"""What lasts: kept in the database before anybody is told."""

_CLIENT_KINDS: dict[str, type] = {kind.type: kind for kind in ClientMessage.__args__}
_SOUND_KINDS: dict[str, type] = {kind.type: kind for kind in SoundMessage.__args__}


@lru_cache(maxsize=64)
def _readers(kind: Any) -> dict[str, Callable[[object], Any]]:
    hints = get_type_hints(kind, include_extras=True)
    readers: dict[str, Callable[[object], Any]] = {}
    for field in fields(kind):
        hint = hints[field.name]
        readers[field.name] = _object_reader(hint) if is_dataclass(hint) else hint.__metadata__[0]
    return readers


@lru_cache(maxsize=64)
def _needed(kind: Any) -> frozenset[str]:
    return frozenset(field.name for field in fields(kind) if field.default is MISSING)


def _object_reader(kind: Any) -> Callable[[object], Any]:
    def read(value: object) -> Any:
        readers = _readers(kind)
        if not isinstance(value, dict) or not _needed(kind) <= value.keys() <= readers.keys():
            malformed()
        return kind(**{name: readers[name](given) for name, given in value.items()})

    return read


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    return value if len(value) == len(pairs) else malformed()


def _no_constant(_name: str) -> NoReturn:
    malformed()


def _read_json(raw: str | bytes, largest_bytes: int) -> tuple[dict[str, Any], int]:
    if isinstance(raw, bytes):
        raise WireError("not_text")
    size = len(raw.encode("utf-8", "surrogatepass"))
    if size > largest_bytes:
        raise WireError("too_large")
    try:
        value = json.loads(raw, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        malformed()
    return (value, size) if isinstance(value, dict) else malformed()


class FrameReader:
    """Reads one signalling socket's frames and holds them to their order."""

    def __init__(self) -> None:
        self._last_seq = 0
        self._greeted = False

    def parse(self, raw: str | bytes) -> ClientMessage:
        """Raises WireError, always a fatal one."""
        value, size = _read_json(raw, DESCRIPTION_BYTES)
        name, seq = value.pop("type", None), value.pop("seq", None)
        kind = _CLIENT_KINDS.get(name) if isinstance(name, str) else None
        if kind is None or type(seq) is not int:
            malformed()
        if size > FRAME_BYTES and kind not in (Offer, Answer):
            raise WireError("too_large")
        if seq <= self._last_seq:
            raise WireError("replayed")
        if seq > self._last_seq + 1:
            raise WireError("out_of_order")
        if (kind is Hello) == self._greeted:
            raise WireError("hello_twice" if self._greeted else "hello_first")
        message: ClientMessage = _object_reader(kind)(value)
        self._last_seq, self._greeted = seq, True
        return message


def parse_sound_message(raw: str) -> SoundMessage:
    """A text frame of the sound socket. Raises WireError, always a fatal one."""
    value, _size = _read_json(raw, FRAME_BYTES)
    name = value.pop("type", None)
    kind = _SOUND_KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        malformed()
    message: SoundMessage = _object_reader(kind)(value)
    return message


# --- To the client.


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a client. close_code: the socket closes after it."""

    type: str
    content: Mapping[str, Any]
    close_code: int | None = None

    def to_json(self) -> str:
        return json.dumps({"type": self.type, **self.content}, ensure_ascii=False, separators=(",", ":"))


Post = tuple[str, Message]
"""A participant's id and what to tell them."""

PONG = Message("pong", {})
REMOVED = Message("removed", {}, close_code=4411)
MOVED = Message("moved", {}, close_code=4409)
ENDED = Message("ended", {}, close_code=4410)


def error_message(error: WireError, text: str) -> Message:
    content: dict[str, Any] = {"code": error.code, "text": text, "fatal": error.close_code is not None}
    if error.participant is not None:
        content["participant"] = error.participant
    return Message("error", content, close_code=error.close_code)
