"""The speech process's door: a Unix socket behind which ears, mouth and tongue are.

One connection is one listening, or a few questions. Logs durations and languages, never words.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

from app.domain.speech import Caption, LanguageNotSupported, SpeechUnavailable, Voice
from app.domain.translation import PairNotSupported, Translator
from app.speech import wire
from app.speech.activity import Activity, SileroActivity
from app.speech.captions import Ear
from app.speech.decode_queue import DecodeQueue
from app.speech.engines import LateRecogniser
from app.speech.recogniser import Recogniser
from app.speech.sound import create_decoder

log = logging.getLogger("wijkbalie.speech")

MOST_BAD_PACKETS = 50
"""In a row. A lost or broken packet is life; only broken ones is no sound."""
_UNREAD_BYTES = 256 * 1024
"""A reader that leaves so much unread has died without saying so."""
_FINISH_S = 20.0
_STALL_S = 3.0
"""Beyond the silence that ends an utterance: a browser that sends nothing so long sends silence. Not sooner: a busy
device holds sound back for seconds and then sends it all, and a sentence cut there is two halves that no recogniser
understands. Meanwhile the words so far stand as a partial caption."""


class SpeechServer:
    """ears: language → (model's name, recogniser). mouth, tongue: None where there is none."""

    def __init__(
        self,
        ears: Mapping[str, tuple[str, Recogniser]],
        mouth: Voice | None,
        queue: DecodeQueue,
        silence_ms: int,
        voices: int = 2,
        activity: Callable[[], Activity] = SileroActivity,
        tongue: Translator | None = None,
    ) -> None:
        self._ears = ears
        self._mouth = mouth
        self._tongue = tongue
        self._queue = queue
        self._silence_ms = silence_ms
        self._activity = activity
        self._speaking = ThreadPoolExecutor(voices, "mouth")
        # Two, so that a long text does not keep a short sentence waiting.
        self._translating = ThreadPoolExecutor(2, "tongue")
        self._ending = ThreadPoolExecutor(8, "ending")
        self._loading = ThreadPoolExecutor(1, "loading")
        self._connections: set[asyncio.Task[None]] = set()
        self._listenings = 0

    async def serve(self, socket: Path, until: asyncio.Event) -> None:
        """Answers on `socket` (mode 0600) until the event is set."""
        socket.parent.mkdir(parents=True, exist_ok=True)
        # Beside its place first, so that nobody can connect before the mode is right, nor to half a start.
        new = socket.with_name(f".{socket.name}"[:100])
        new.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._accept, str(new), limit=wire.REQUEST_BYTES * 2)
        new.chmod(0o600)
        new.rename(socket)
        log.info("listening; hears: %s", " ".join(sorted(self._ears)) or "nothing")
        await until.wait()
        socket.unlink(missing_ok=True)
        server.close()
        while self._connections:
            for task in self._connections:
                task.cancel()
            # Again and again: wait_for forgets a cancellation that comes together with a frame (bpo-37658).
            await asyncio.wait(set(self._connections), timeout=0.1)
        self._speaking.shutdown(wait=False, cancel_futures=True)
        self._translating.shutdown(wait=False, cancel_futures=True)
        self._ending.shutdown(wait=False, cancel_futures=True)
        self._loading.shutdown(wait=False, cancel_futures=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        try:
            await self._converse(reader, writer)
        except wire.Malformed as problem:
            log.warning("a malformed frame (%s); connection closed", problem)
            _write(writer, {"type": "refused", "code": "malformed"})
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            header, payload = await _read(reader)
            match header["type"]:
                case "describe":
                    _write(writer, self._describe())
                case "speak":
                    answer, sound = await self._speak(header, payload)
                    _write(writer, answer, sound)
                case "translate":
                    answer, translated = await self._translate(header, payload)
                    _write(writer, answer, translated)
                case "listen":
                    await self._listen(header, reader, writer)
                    return
                case _:
                    raise wire.Malformed("unknown type")
            await writer.drain()

    def _describe(self) -> wire.Header:
        return {
            "type": "described",
            "hears": {language: self._ears[language][0] for language in self._hears()},
            "speaks": sorted(self._mouth.languages()) if self._mouth else [],
            "voices": dict(sorted(self._mouth.voices().items())) if self._mouth else {},
            "translates": sorted(map(list, map(astuple, self._tongue.pairs()))) if self._tongue else [],
            "listenings": self._listenings,
        }

    def _hears(self) -> list[str]:
        return sorted(
            language
            for language, (_, recogniser) in self._ears.items()
            if not (isinstance(recogniser, LateRecogniser) and recogniser.broken)
        )

    async def _speak(self, header: wire.Header, payload: bytes) -> tuple[wire.Header, bytes]:
        language, rate = header.get("language"), header.get("rate")
        try:
            text = payload.decode()
        except UnicodeDecodeError:
            raise wire.Malformed("no text") from None
        if not isinstance(language, str) or isinstance(rate, bool) or not isinstance(rate, int | float):
            raise wire.Malformed("speak")
        if self._mouth is None:
            return {"type": "refused", "code": "language_not_supported"}, b""
        began = time.monotonic()
        loop = asyncio.get_running_loop()
        try:
            spoken = await loop.run_in_executor(
                self._speaking, self._mouth.speak, text, language, float(rate)
            )
        except LanguageNotSupported:
            return {"type": "refused", "code": "language_not_supported"}, b""
        except ValueError:
            return {"type": "refused", "code": "bad_request"}, b""
        except SpeechUnavailable:
            return {"type": "refused", "code": "unavailable"}, b""
        log.info(
            "spoke %s: %.1f s of sound in %.3f s",
            language,
            spoken.duration_ms / 1000,
            time.monotonic() - began,
        )
        words = [[word.start_ms, word.offset, word.length] for word in spoken.words]
        return {"type": "spoken", "duration_ms": spoken.duration_ms, "words": words}, spoken.sound

    async def _translate(self, header: wire.Header, payload: bytes) -> tuple[wire.Header, bytes]:
        source, target = header.get("source"), header.get("target")
        terms, names = header.get("terms"), header.get("names")
        try:
            text = payload.decode()
        except UnicodeDecodeError:
            raise wire.Malformed("no text") from None
        if not (isinstance(source, str) and isinstance(target, str)):
            raise wire.Malformed("translate")
        if not (isinstance(terms, dict) and isinstance(names, list) and _are_texts(*terms.values(), *names)):
            raise wire.Malformed("translate")
        if self._tongue is None:
            return {"type": "refused", "code": "pair_not_supported"}, b""
        began = time.monotonic()
        try:
            done = await asyncio.get_running_loop().run_in_executor(
                self._translating, self._tongue.translate, text, source, target, terms, names
            )
        except PairNotSupported:
            return {"type": "refused", "code": "pair_not_supported"}, b""
        except ValueError:
            return {"type": "refused", "code": "bad_request"}, b""
        except SpeechUnavailable:
            return {"type": "refused", "code": "unavailable"}, b""
        log.info("translated %s to %s in %.3f s", source, target, time.monotonic() - began)
        answer = {"origin": done.origin, "engine": done.engine, "fixture": done.fixture, "lost": done.lost}
        return {"type": "translated", **answer}, done.text.encode()

    async def _listen(
        self, header: wire.Header, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        language, encoding = header.get("language"), header.get("encoding")
        if not isinstance(language, str) or encoding not in ("pcm", "opus"):
            raise wire.Malformed("listen")
        vocabulary = header.get("vocabulary", [])
        if not isinstance(vocabulary, list) or not _are_texts(*vocabulary):
            raise wire.Malformed("vocabulary")
        if language not in self._hears():
            _write(writer, {"type": "refused", "code": "language_not_supported"})
            return
        loop = asyncio.get_running_loop()
        recogniser = self._ears[language][1]
        if isinstance(recogniser, LateRecogniser) and not recogniser.ready:
            _write(writer, {"type": "state", "state": "unavailable"})
            try:
                await loop.run_in_executor(self._loading, recogniser.warm_up)
            except Exception:  # engines raise what they like; it is logged where it happened
                _write(writer, {"type": "refused", "code": "unavailable"})
                return

        def send(header: wire.Header) -> None:
            loop.call_soon_threadsafe(_write, writer, header)

        def send_caption(caption: Caption) -> None:
            send({"type": "caption", **asdict(caption)})

        _write(writer, {"type": "listening"})
        decoder = create_decoder(encoding)
        ear = Ear(
            recogniser,
            language,
            self._queue,
            self._activity(),
            self._silence_ms,
            send_caption,
            lambda behind: send({"type": "state", "state": "behind" if behind else "ready"}),
            vocabulary=vocabulary,
        )
        began = time.monotonic()
        self._listenings += 1
        bad = 0
        try:
            while True:
                try:
                    header, payload = await _read(reader, self._silence_ms / 1000 + _STALL_S)
                except TimeoutError:
                    ear.rest()
                    header, payload = await _read(reader)
                if header["type"] == "finish":
                    await loop.run_in_executor(self._ending, ear.finish, _FINISH_S)
                    # After the captions that other threads have handed to the loop.
                    loop.call_soon(_write, writer, {"type": "finished"})
                    await asyncio.sleep(0)
                    return
                if header["type"] != "sound":
                    raise wire.Malformed("unknown type")
                try:
                    ear.hear(decoder.decode(payload))
                    bad = 0
                except ValueError:
                    bad += 1
                    if bad > MOST_BAD_PACKETS:
                        _write(writer, {"type": "refused", "code": "not_sound"})
                        return
        finally:
            self._listenings -= 1
            ear.close()
            log.info("listened %s (%s) for %.0f s", language, encoding, time.monotonic() - began)


def _are_texts(*values: object) -> bool:
    return all(isinstance(value, str) for value in values)


async def _read(reader: asyncio.StreamReader, idle_s: float | None = None) -> tuple[wire.Header, bytes]:
    """Raises TimeoutError when no frame begins within idle_s; nothing is lost then."""
    first = await asyncio.wait_for(reader.readexactly(wire.LENGTHS_BYTES), idle_s)
    header, payload = wire.lengths(first, wire.REQUEST_BYTES)
    return wire.parse_header(await reader.readexactly(header)), await reader.readexactly(payload)


def _write(writer: asyncio.StreamWriter, header: dict[str, Any], payload: bytes = b"") -> None:
    if writer.is_closing():
        return
    writer.write(wire.pack(header, payload))
    if not payload and writer.transport.get_write_buffer_size() > _UNREAD_BYTES:
        writer.transport.abort()
