"""Every message of a conversation's sockets, and how a client's frame becomes one.

The rules stand in docs/signalling.md.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal, NoReturn, get_type_hints

FRAME_BYTES = 16 * 1024
DESCRIPTION_BYTES = 64 * 1024
TYPING_UNITS = 500
NAME_UNITS = 80
LARGEST_NUMBER = 2**53 - 1
"""What JavaScript still counts exactly."""

CLOSE_CODES: dict[str, int | None] = {
    "malformed": 4400,
    "not_text": 4400,
    "too_large": 1009,
    "replayed": 4400,
    "out_of_order": 4400,
    "hello_first": 4400,
    "hello_twice": 4400,
    "hello_late": 4408,
    "too_many": 4429,
    "busy": 1013,
    "signed_out": 4401,
    "not_admitted": 4403,
    "seat_gone": 4404,
    "sound_refused": 4403,
    "bad_sound": 4400,
    "too_much_sound": 4429,
    "language_not_supported": 4415,
    "not_allowed": None,
    "unknown_participant": None,
    "absent": None,
    "not_kept": None,
}
"""Each error's close code; None: the socket stays open."""


class WireError(Exception):
    """What a client did wrong, by its stable code. Nothing changed."""

    def __init__(self, code: str, participant: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.participant = participant
        self.close_code = CLOSE_CODES[code]


def _malformed() -> NoReturn:
    raise WireError("malformed")


# --- Fields: each reads one value, or raises "malformed".

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_BREAKS = re.compile("[\t\n\u2028\u2029]+")


def clean_text(text: str, units: int) -> str:
    """One line without control characters, bidirectional overrides, lone surrogates; cut at so many UTF-16 units.

    Overrides reorder what others see (https://trojansource.codes/); marks that Arabic or Persian needs stay.
    """
    text = _UNSEEN.sub("", _BREAKS.sub(" ", text))
    if utf16_units(text) > units:
        text = text.encode("utf-16-le")[: units * 2].decode("utf-16-le", "ignore")
    return text


def utf16_units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _matching(pattern: str) -> Callable[[object], str]:
    compiled = re.compile(pattern)

    def read(value: object) -> str:
        return value if isinstance(value, str) and compiled.fullmatch(value) else _malformed()

    return read


def _string(units: int) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or utf16_units(value) > units or re.search("[\ud800-\udfff]", value):
            _malformed()
        return value

    return read


def _typed_line(value: object) -> str:
    return (
        clean_text(value, TYPING_UNITS)
        if isinstance(value, str) and utf16_units(value) <= TYPING_UNITS
        else _malformed()
    )


def _flag(value: object) -> bool:
    return value if isinstance(value, bool) else _malformed()


def _number(largest: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        return value if type(value) is int and 0 <= value <= largest else _malformed()

    return read


def _or_null(read: Callable[[object], Any]) -> Callable[[object], Any]:
    return lambda value: None if value is None else read(value)


def _one_of(*words: str) -> Callable[[object], str]:
    return lambda value: value if isinstance(value, str) and value in words else _malformed()


def _table(readers: Mapping[str, Callable[[object], Any]]) -> Callable[[object], dict[str, Any]]:
    def read(value: object) -> dict[str, Any]:
        if not isinstance(value, dict) or value.keys() != readers.keys():
            _malformed()
        return {name: reader(value[name]) for name, reader in readers.items()}

    return read


Id = Annotated[str, _matching(r"[A-Za-z0-9_-]{1,64}")]
Epoch = Annotated[str, _matching(r"[A-Za-z0-9_-]{8,64}")]
Language = Annotated[str, _matching(r"[a-z]{2,3}")]
Trouble = Annotated[str | None, _or_null(_matching(r"[a-z][a-z_]{0,39}"))]
Flag = Annotated[bool, _flag]
Line = Annotated[int, _number(LARGEST_NUMBER)]
TypedLine = Annotated[str, _typed_line]
OfferDescription = Annotated[
    dict[str, str], _table({"type": _one_of("offer"), "sdp": _string(DESCRIPTION_BYTES)})
]
AnswerDescription = Annotated[
    dict[str, str], _table({"type": _one_of("answer"), "sdp": _string(DESCRIPTION_BYTES)})
]
IceCandidate = Annotated[
    dict[str, Any] | None,
    _or_null(
        _table(
            {
                "candidate": _string(2048),
                "sdpMid": _or_null(_string(64)),
                "sdpMLineIndex": _or_null(_number(255)),
                "usernameFragment": _or_null(_string(256)),
            }
        )
    ),
]


# --- From the client. The field names are the wire's.


@dataclass(frozen=True, slots=True)
class View:
    language: Language
    spoken_language: Language


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
class Typing:
    type: ClassVar = "typing"
    line: Line
    text: TypedLine
    done: Flag


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
    encoding: Annotated[Literal["pcm", "opus"], _one_of("pcm", "opus")]
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


def _object_reader(kind: Any) -> Callable[[object], Any]:
    def read(value: object) -> Any:
        readers = _readers(kind)
        if not isinstance(value, dict) or value.keys() != readers.keys():
            _malformed()
        return kind(**{name: read_field(value[name]) for name, read_field in readers.items()})

    return read


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    return value if len(value) == len(pairs) else _malformed()


def _no_constant(_name: str) -> NoReturn:
    _malformed()


def _read_json(raw: str | bytes, largest_bytes: int) -> tuple[dict[str, Any], int]:
    if isinstance(raw, bytes):
        raise WireError("not_text")
    size = len(raw.encode("utf-8", "surrogatepass"))
    if size > largest_bytes:
        raise WireError("too_large")
    try:
        value = json.loads(raw, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        _malformed()
    return (value, size) if isinstance(value, dict) else _malformed()


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
            _malformed()
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
        _malformed()
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


PONG = Message("pong", {})
REMOVED = Message("removed", {}, close_code=4411)
MOVED = Message("moved", {}, close_code=4409)
ENDED = Message("ended", {}, close_code=4410)


def error_message(error: WireError, text: str) -> Message:
    content: dict[str, Any] = {"code": error.code, "text": text, "fatal": error.close_code is not None}
    if error.participant is not None:
        content["participant"] = error.participant
    return Message("error", content, close_code=error.close_code)
