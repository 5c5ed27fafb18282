"""Calls that come straight back: each has at most one sound and one picture, and ends by itself."""

import asyncio
import ipaddress
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.contrib.media import MediaRelay

from app.conversations.echo import wire

log = logging.getLogger("wijkbalie.echo")

_MEDIA = 2
_CANDIDATES = 40
_CLOSE_S = 2.0


class Refused(Exception):
    """code: one of wire's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Bounds:
    at_once: int = 4
    longest_s: float = 60
    silent_s: float = 10
    """After so long without sound and picture a call is over; so is one that never connects."""
    look_every_s: float = 0.5


class _Heard(MediaStreamTrack):
    """A track as it came, telling the call of each frame."""

    def __init__(self, source: MediaStreamTrack, heard: Callable[[], None]) -> None:
        super().__init__()
        self.kind = source.kind
        self._source, self._heard = source, heard

    async def recv(self) -> Any:
        frame = await self._source.recv()
        self._heard()
        return frame


class Calls:
    """ice_servers: for one call, by its name, as RTCConfiguration.iceServers. Used within one event loop."""

    def __init__(
        self, ice_servers: Callable[[str], Sequence[dict[str, Any]]], bounds: Bounds = Bounds()
    ) -> None:
        self._ice_servers, self._bounds = ice_servers, bounds
        self._open: set[asyncio.Task[None]] = set()
        self._numbers = 0

    def __len__(self) -> int:
        return len(self._open)

    async def answer(self, offer: str) -> str:
        """The answer to a browser's offer; from then on the call runs by itself. Raises Refused."""
        if len(self._open) >= self._bounds.at_once:
            raise Refused(wire.BUSY)
        self._numbers += 1
        answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        # The task holds its place from here on, so that offers at the same moment are counted too.
        call = asyncio.create_task(self._call(clean_offer(offer), f"echo-{self._numbers}", answered))
        self._open.add(call)
        call.add_done_callback(self._open.discard)
        try:
            return await asyncio.shield(answered)
        except asyncio.CancelledError:
            call.cancel()  # whoever asked is gone
            raise

    async def close(self) -> None:
        for call in self._open:
            call.cancel()
        if self._open:
            await asyncio.wait(self._open, timeout=2 * _CLOSE_S)

    async def _call(self, offer: str, name: str, answered: asyncio.Future[str]) -> None:
        began = time.monotonic()
        connection = RTCPeerConnection(
            RTCConfiguration(iceServers=[RTCIceServer(**each) for each in self._ice_servers(name)])
        )
        why = "bad_offer"
        try:
            async with asyncio.timeout(wire.ANSWER_S):
                last_frame = _send_back(connection)
                await connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
                await connection.setLocalDescription(await connection.createAnswer())
            answered.set_result(connection.localDescription.sdp)
            why = await self._until_over(connection, last_frame)
        except Exception as problem:  # whatever an offer makes the library raise is that offer's fault
            if not answered.done():
                log.info("an offer was refused: %s", type(problem).__name__)
                answered.set_exception(Refused(wire.BAD_OFFER))
            else:
                why = type(problem).__name__
        finally:
            await _to_the_end(connection.close())
            if not answered.done():
                answered.cancel()
            log.info("a call of %.1f s: %s", time.monotonic() - began, why)

    async def _until_over(self, connection: RTCPeerConnection, last_frame: Callable[[], float]) -> str:
        """Why it ended."""
        ends = time.monotonic() + self._bounds.longest_s
        while connection.connectionState not in ("closed", "failed"):
            now = time.monotonic()
            if now > ends:
                return "too long"
            if now > last_frame() + self._bounds.silent_s:
                return "silent"
            await asyncio.sleep(self._bounds.look_every_s)
        return connection.connectionState


def _send_back(connection: RTCPeerConnection) -> Callable[[], float]:
    """Sends back what comes; gives a function that says when the last frame came (or when this began)."""
    relay, last = MediaRelay(), [time.monotonic()]

    def heard() -> None:
        last[0] = time.monotonic()

    @connection.on("track")
    def send_back(track: MediaStreamTrack) -> None:
        # A machine that cannot keep up shows fewer pictures, not older ones.
        newest = relay.subscribe(_Heard(track, heard), buffered=track.kind == "audio")
        connection.addTrack(newest)

    return lambda: last[0]


def clean_offer(offer: str) -> str:
    """Without candidates that are names: looking names up is for who asks, not for us. Raises Refused."""
    if len(offer.encode()) > wire.OFFER_BYTES:
        raise Refused(wire.BAD_OFFER)
    kept, candidates, media = [], 0, list[str]()
    for line in offer.splitlines():
        if line.startswith("a=candidate:"):
            candidates += 1
            if not _is_address(line):
                continue
        elif line.startswith("m="):
            media.append(line[2:].split(" ")[0])
        kept.append(line)
    if (
        candidates > _CANDIDATES
        or not 1 <= len(media) <= _MEDIA
        or len(set(media)) != len(media)
        or not set(media) <= {"audio", "video"}
    ):
        raise Refused(wire.BAD_OFFER)
    return "\r\n".join(kept) + "\r\n"


def _is_address(candidate: str) -> bool:
    """RFC 8839, 5.1: foundation, component, transport, priority, address, port, …"""
    parts = candidate.split(" ")
    try:
        ipaddress.ip_address(parts[4])
    except (IndexError, ValueError):
        return False
    return True


async def _to_the_end(closing: Awaitable[Any]) -> None:
    """Though we are cancelled: sockets and decoders must not stay. But never for long."""
    task = asyncio.ensure_future(closing)
    try:
        await asyncio.wait({task}, timeout=_CLOSE_S)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=_CLOSE_S)
    finally:
        task.cancel()
