"""The sound socket of one speaker: sound goes to the captioner, captions go to those who read.

Nothing of it is kept or logged: neither sound nor words.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from simple_websocket import ConnectionClosed

from app.conversations import messages as wire
from app.conversations.fields import WireError
from app.conversations.hub import Hub
from app.conversations.limits import Bucket
from app.conversations.line import Line
from app.conversations.messages import Message, parse_sound_message
from app.conversations.wording import told
from app.domain.conversations import NotFound, Seat
from app.domain.speech import (
    SAMPLE_RATE_HZ,
    Caption,
    Captioner,
    CaptionState,
    Encoding,
    LanguageNotSupported,
    Listening,
    SpeechUnavailable,
)

log = logging.getLogger("wijkbalie.sockets")

OPEN_WITHIN_S = 10.0
SPEECH_RETRY_S = 1.0
TIMES_REAL_TIME = 2.0
RESERVE_S = 10.0
"""So much may come at once, after a moment without network or of a page that stood still. The ear takes no more."""
SHORTEST_PCM_S, LONGEST_PCM_S = 0.02, 0.2
LONGEST_OPUS_S = 0.12
LONGEST_OPUS_BYTES = 4000
LISTENING = Message("listening", {})
CONTAINERS = (b"RIFF", b"OggS", b"\x1aE\xdf\xa3", b"ID3", b"fLaC")
"""Files, not sound: WAV, Ogg, WebM, MP3, FLAC."""


Vocabulary = Callable[[str], Sequence[str]]
"""Names and words that may be said in the conversation of this id."""


def serve_speaker(
    line: Line, find_seat: Callable[[], Seat], hub: Hub, captioner: Captioner, vocabulary: Vocabulary
) -> None:
    """Until the line is lost or closed. find_seat: raises NotFound."""
    language = "nl"
    try:
        with hub.holding(line, sound=True):
            seat = find_seat()
            language = seat.language
            _listen(line, seat, hub, captioner, vocabulary)
    except NotFound:
        line.send(told(WireError("seat_gone"), language))
    except WireError as error:
        line.send(told(error, language))
    except ConnectionClosed:
        pass


def _listen(line: Line, seat: Seat, hub: Hub, captioner: Captioner, vocabulary: Vocabulary) -> None:
    first = line.receive(OPEN_WITHIN_S)
    if first is None:
        raise WireError("hello_late")
    opening = parse_sound_message(first) if isinstance(first, str) else None
    if not isinstance(opening, wire.OpenSound):
        raise WireError("bad_sound")
    words = _known_words(vocabulary, seat)
    before = hub.sound_starts(seat, line)

    def on_caption(caption: Caption) -> None:
        if caption.heard is not None and caption.heard not in captioner.languages():
            caption = replace(caption, heard=None)  # nobody is asked about what we could not caption then
        hub.caption(seat, before + caption.utterance, caption)

    ear = _Ear(captioner, opening, words, on_caption, lambda state: hub.caption_state(seat, state))
    try:
        ear.open()
        line.send(LISTENING)
        pace = Bucket(TIMES_REAL_TIME, RESERVE_S)
        while True:
            frame = line.receive(SPEECH_RETRY_S)
            if isinstance(frame, str):
                if not isinstance(parse_sound_message(frame), wire.CloseSound):
                    raise WireError("malformed")
                line.close(1000)
                return
            if frame is None:
                ear.open()
            elif pace.take(duration_s(frame, opening.encoding)):
                ear.hear(frame)
            else:
                raise WireError("too_much_sound")
    finally:
        hub.sound_stops(seat, line)
        ear.close()


def _known_words(vocabulary: Vocabulary, seat: Seat) -> Sequence[str]:
    """Words only make captions better: without them, the voice is captioned all the same."""
    try:
        return vocabulary(seat.conversation_id)
    except Exception as problem:
        log.error("words of the municipality: %s", type(problem).__name__)
        return ()


class _Ear:
    """A listening that waits for the speech process, should it be away when the speaker begins."""

    def __init__(
        self,
        captioner: Captioner,
        opening: wire.OpenSound,
        words: Sequence[str],
        on_caption: Callable[[Caption], None],
        on_state: Callable[[CaptionState], None],
    ) -> None:
        self._captioner, self._opening, self._words = captioner, opening, words
        self._on_caption, self._on_state = on_caption, on_state
        self._listening: Listening | None = None
        self._tried_at = float("-inf")

    def open(self) -> None:
        """Raises WireError "language_not_supported"."""
        if self._listening is not None or time.monotonic() - self._tried_at < SPEECH_RETRY_S:
            return
        first_time = self._tried_at < 0
        self._tried_at = time.monotonic()
        try:
            self._listening = self._captioner.listen(
                self._opening.language,
                self._opening.encoding,
                self._on_caption,
                self._on_state,
                self._words,
            )
        except (LanguageNotSupported, SpeechUnavailable) as problem:
            if isinstance(problem, LanguageNotSupported) and self._captioner.languages():
                raise WireError("language_not_supported") from None
            if first_time:
                self._on_state("unavailable")

    def hear(self, sound: bytes) -> None:
        self.open()
        if self._listening is not None:
            self._listening.hear(sound)

    def close(self) -> None:
        if self._listening is not None:
            self._listening.finish()


def duration_s(frame: bytes, encoding: Encoding) -> float:
    """How long this sounds. Raises WireError "bad_sound" for what cannot be sound of this encoding."""
    if frame.startswith(CONTAINERS):
        raise WireError("bad_sound")
    if encoding == "pcm":
        length_s, odd = len(frame) / 2 / SAMPLE_RATE_HZ, len(frame) % 2
        if odd or not SHORTEST_PCM_S <= length_s <= LONGEST_PCM_S:
            raise WireError("bad_sound")
        return length_s
    return _opus_duration_s(frame)


def _opus_duration_s(packet: bytes) -> float:
    """From the packet's first bytes: RFC 6716, 3.1 and 3.2."""
    if not 1 <= len(packet) <= LONGEST_OPUS_BYTES:
        raise WireError("bad_sound")
    configuration, code = packet[0] >> 3, packet[0] & 3
    if configuration < 12:
        frame_ms = (10.0, 20.0, 40.0, 60.0)[configuration % 4]
    elif configuration < 16:
        frame_ms = (10.0, 20.0)[configuration % 2]
    else:
        frame_ms = (2.5, 5.0, 10.0, 20.0)[configuration % 4]
    frames = (1, 2, 2, packet[1] & 63 if len(packet) > 1 else 0)[code]
    length_s = frames * frame_ms / 1000
    if not 0 < length_s <= LONGEST_OPUS_S:
        raise WireError("bad_sound")
    return length_s
