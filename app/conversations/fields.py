"""What a field of a client's message may hold: each reader gives it, or raises WireError "malformed"."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NoReturn

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


def malformed() -> NoReturn:
    raise WireError("malformed")


_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_BREAKS = re.compile("[\t\n\u2028\u2029]+")


def clean_text(text: str, units: int) -> str:
    """One line without control characters, bidirectional overrides, lone surrogates; cut at `units` (UTF-16).

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
        return value if isinstance(value, str) and compiled.fullmatch(value) else malformed()

    return read


def _string(units: int) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or utf16_units(value) > units or re.search("[\ud800-\udfff]", value):
            malformed()
        return value

    return read


def _typed_line(value: object) -> str:
    return (
        clean_text(value, TYPING_UNITS)
        if isinstance(value, str) and utf16_units(value) <= TYPING_UNITS
        else malformed()
    )


def _flag(value: object) -> bool:
    return value if isinstance(value, bool) else malformed()


def _number(largest: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        return value if type(value) is int and 0 <= value <= largest else malformed()

    return read


def _one_number(*numbers: int) -> Callable[[object], int]:
    return lambda value: value if type(value) is int and value in numbers else malformed()


def _or_null(read: Callable[[object], Any]) -> Callable[[object], Any]:
    return lambda value: None if value is None else read(value)


def one_of(*words: str) -> Callable[[object], str]:
    return lambda value: value if isinstance(value, str) and value in words else malformed()


def _table(readers: Mapping[str, Callable[[object], Any]]) -> Callable[[object], dict[str, Any]]:
    def read(value: object) -> dict[str, Any]:
        if not isinstance(value, dict) or value.keys() != readers.keys():
            malformed()
        return {name: reader(value[name]) for name, reader in readers.items()}

    return read


Id = Annotated[str, _matching(r"[A-Za-z0-9_-]{1,64}")]
Epoch = Annotated[str, _matching(r"[A-Za-z0-9_-]{8,64}")]
Language = Annotated[str, _matching(r"[a-z]{2,3}")]
Trouble = Annotated[str | None, _or_null(_matching(r"[a-z][a-z_]{0,39}"))]
Flag = Annotated[bool, _flag]
TextSize = Annotated[int, _one_number(100, 125, 150, 200)]
Line = Annotated[int, _number(LARGEST_NUMBER)]
TypedLine = Annotated[str, _typed_line]
OfferDescription = Annotated[
    dict[str, str], _table({"type": one_of("offer"), "sdp": _string(DESCRIPTION_BYTES)})
]
AnswerDescription = Annotated[
    dict[str, str], _table({"type": one_of("answer"), "sdp": _string(DESCRIPTION_BYTES)})
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
