"""The echo's process, called over real WebRTC by aiortc: what comes back, how many at once, how a call ends."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import stat
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiortc import (
    AudioStreamTrack,
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from av import VideoFrame
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.conversations.echo import EchoClient, EchoRefused, NoEcho, wire
from app.conversations.echo.calls import Bounds, Calls, Refused, clean_offer
from tests.echo_process import running_echo
from tests.integration.test_turn import SECRET, coturn  # noqa: F401  a fixture
from tests.waiting import until

pytestmark = [pytest.mark.media, pytest.mark.timeout(300)]


class Stripes(VideoStreamTrack):
    """A picture that one can tell from black."""

    async def recv(self) -> VideoFrame:
        pts, base = await self.next_timestamp()
        frame = VideoFrame.from_ndarray(np.full((120, 160, 3), 200, np.uint8), format="rgb24")
        frame.pts, frame.time_base = pts, base
        return frame


class Caller:
    """Somebody with a browser, as far as the echo can tell."""

    def __init__(self, *tracks: MediaStreamTrack) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.back: dict[str, MediaStreamTrack] = {}
        self.connection.on("track", lambda track: self.back.setdefault(track.kind, track))
        for track in tracks:
            self.connection.addTrack(track)

    async def offer(self) -> str:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def take(self, answer: str) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def close(self) -> None:
        await self.connection.close()


async def eventually(true: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def caller(answer: Callable[[str], Awaitable[str]], *tracks: MediaStreamTrack):
    one = Caller(*tracks)
    try:
        await one.take(await answer(await one.offer()))
        yield one
    finally:
        await one.close()


def run(scene: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        await asyncio.wait_for(scene(), 120)

    # On a thread of its own: the browsers of other tests keep a loop running on this one.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(lambda: asyncio.run(bounded())).result()


def calls(**bounds: Any) -> Calls:
    return Calls(lambda _name: [], Bounds(look_every_s=0.05, **bounds))


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EchoClient]:
    with running_echo(tmp_path_factory.mktemp("echo")) as (client, _):
        yield client


# --- The process


def test_sound_and_picture_come_back(echo: EchoClient) -> None:
    async def scene() -> None:
        async with caller(
            lambda sdp: asyncio.to_thread(echo.answer, sdp), Stripes(), AudioStreamTrack()
        ) as one:
            async with asyncio.timeout(60):
                picture = await one.back["video"].recv()
                assert isinstance(picture, VideoFrame)
                assert (picture.width, picture.height) == (160, 120)
                assert picture.to_ndarray(format="gray").mean() > 150
                sound = await one.back["audio"].recv()
                assert sound.sample_rate == 48000
            assert echo.describe() == {"state": "ready", "calls": 1}
        await eventually(lambda: echo.describe()["calls"] == 0)

    run(scene)


def test_its_log_holds_durations_and_no_addresses(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with running_echo(tmp_path) as (echo, _):

        async def scene() -> None:
            async with caller(lambda sdp: asyncio.to_thread(echo.answer, sdp), AudioStreamTrack()) as one:
                await eventually(lambda: one.connection.connectionState == "connected")
            await eventually(lambda: echo.describe()["calls"] == 0)

        run(scene)
    log = capfd.readouterr().err
    assert "a call of" in log
    for told in ("candidate", "fingerprint", "192.", "127.0.0.1", "ice-ufrag"):
        assert told not in log.lower(), log


def test_nobody_else_of_this_machine_may_ask(tmp_path: Path) -> None:
    with running_echo(tmp_path) as (echo, _):
        assert stat.S_IMODE(echo._path.stat().st_mode) == 0o600


def test_it_stands_up_when_it_falls_and_ends_when_it_is_stopped(tmp_path: Path) -> None:
    with running_echo(tmp_path) as (echo, supervisor):
        pid = supervisor.pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        until(lambda: supervisor.pid not in (None, pid), "another one is started")
        until(lambda: echo.describe()["state"] == "ready", "it answers again")
    assert echo.describe() == {"state": "unavailable"}
    with pytest.raises(NoEcho):
        echo.answer("v=0")


def raw(echo: EchoClient, sent: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(30)
        connection.connect(str(echo._path))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            return connection.makefile("rb").readline()
        return b""


@pytest.mark.parametrize(
    "sent",
    [
        b"", b"\n", b"null\n", b"[]\n", b"{}\n", b'{"offer": 1}\n', b'{"describe": false}\n', b"\xff\xfe\n",
        b"[" * 50_000 + b"\n", b"x" * (wire.LINE_BYTES * 2) + b"\n",
    ],
    ids=["nothing", "empty", "null", "list", "no key", "number", "false", "no text", "deep", "long"],
)  # fmt: skip
def test_what_is_no_question_gets_a_code(echo: EchoClient, sent: bytes) -> None:
    answer = raw(echo, sent)
    # Who sends more than fits may find the line closed before the answer is read.
    if answer or len(sent) <= wire.LINE_BYTES:
        assert json.loads(answer) == {"code": "bad_request"}
    assert echo.describe()["state"] == "ready"


def test_the_desk_does_not_even_send_an_offer_that_is_too_long(echo: EchoClient) -> None:
    with pytest.raises(EchoRefused) as refused:
        echo.answer("v=0\r\n" + "a=" + "x" * wire.OFFER_BYTES)
    assert refused.value.code == "bad_offer"


def test_a_flood_leaves_it_answering(echo: EchoClient) -> None:
    def one(_number: int) -> str:
        try:
            return echo.answer("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n")
        except EchoRefused as refused:
            return refused.code

    with ThreadPoolExecutor(20) as crowd:
        told = list(crowd.map(one, range(200)))
    assert set(told) <= {"bad_offer", "busy"}
    assert echo.describe() == {"state": "ready", "calls": 0}


# --- One call


def test_a_fifth_caller_is_told_that_it_is_busy_and_a_place_comes_free() -> None:
    async def scene() -> None:
        mine = calls(at_once=2)
        async with caller(mine.answer, AudioStreamTrack()):
            async with caller(mine.answer, AudioStreamTrack()):
                third = Caller(AudioStreamTrack())
                with pytest.raises(Refused) as refused:
                    await mine.answer(await third.offer())
                assert refused.value.code == "busy"
                await third.close()
            await eventually(lambda: len(mine) == 1)
            async with caller(mine.answer, AudioStreamTrack()):
                assert len(mine) == 2
        await eventually(lambda: len(mine) == 0)

    run(scene)


def test_offers_at_the_same_moment_do_not_slip_past_the_bound() -> None:
    async def scene() -> None:
        mine, crowd = calls(at_once=2), [Caller(AudioStreamTrack()) for _ in range(5)]
        offers = [await each.offer() for each in crowd]
        told = await asyncio.gather(*(mine.answer(offer) for offer in offers), return_exceptions=True)
        assert [type(each) for each in told].count(str) == 2
        await mine.close()
        assert len(mine) == 0
        for each in crowd:
            await each.close()

    run(scene)


def test_a_call_is_over_after_its_time() -> None:
    async def scene() -> None:
        mine = calls(longest_s=1)
        async with caller(mine.answer, AudioStreamTrack()) as one:
            await eventually(lambda: len(mine) == 0)
            await eventually(lambda: one.connection.connectionState in ("closed", "failed", "disconnected"))

    run(scene)


def test_a_call_in_which_nothing_comes_is_over_soon() -> None:
    async def scene() -> None:
        mine, never_there = calls(silent_s=0.5), Caller(AudioStreamTrack())
        await mine.answer(await never_there.offer())
        assert len(mine) == 1
        await eventually(lambda: len(mine) == 0)
        await never_there.close()

    run(scene)


def test_a_call_in_which_sound_comes_is_not_silent() -> None:
    """Else the test above would hold for every call."""

    async def scene() -> None:
        mine = calls(silent_s=3)
        async with caller(mine.answer, AudioStreamTrack()) as one:
            await eventually(lambda: "audio" in one.back)
            for _ in range(200):  # 4 s of sound
                await asyncio.wait_for(one.back["audio"].recv(), 30)
            assert len(mine) == 1
        await mine.close()

    run(scene)


def test_it_uses_the_relay_of_the_desk(tmp_path: Path, coturn: int) -> None:  # noqa: F811
    """With credentials that the real coturn accepts."""
    relay = {"TURN_URLS": f"turn:127.0.0.1:{coturn}?transport=udp", "TURN_SECRET": SECRET}

    async def scene(echo: EchoClient) -> None:
        one = Caller(AudioStreamTrack())
        answer = await asyncio.to_thread(echo.answer, await one.offer())
        await one.close()
        assert "typ relay" in answer
        assert "typ host" in answer

    with running_echo(tmp_path, **relay) as (echo, _):
        run(lambda: scene(echo))


def test_without_settings_it_asks_nobody_on_the_internet(echo: EchoClient) -> None:
    """aiortc's own default is somebody's public STUN server."""

    async def scene() -> None:
        one = Caller(AudioStreamTrack())
        answer = await asyncio.to_thread(echo.answer, await one.offer())
        await one.close()
        assert "typ host" in answer
        assert "typ srflx" not in answer

    run(scene)


# --- Offers that are none

SDP = (
    "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\n"
    "a=candidate:1 1 udp 1 192.0.2.7 5000 typ host\r\na=candidate:2 1 udp 1 secret.local 5000 typ host\r\n"
    "a=candidate:3 1 udp 1 intranet.example 22 typ host\r\na=candidate:4\r\n"
)


def test_names_in_an_offer_are_not_looked_up() -> None:
    cleaned = clean_offer(SDP)
    assert "192.0.2.7" in cleaned
    assert "secret.local" not in cleaned
    assert "intranet.example" not in cleaned
    assert "a=candidate:4" not in cleaned


@pytest.mark.parametrize(
    "more",
    [
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
        "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n",
        "a=candidate:1 1 udp 1 192.0.2.7 5000 typ host\r\n" * 60,
    ],
    ids=["data", "two sounds", "two pictures", "candidates"],
)
def test_more_than_one_sound_and_one_picture_is_refused(more: str) -> None:
    with pytest.raises(Refused) as refused:
        clean_offer(SDP + more)
    assert refused.value.code == "bad_offer"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.sampled_from([*SDP.splitlines(), "a=", "m=audio", "a=setup:x", "\x00", "a=mid:é"])))
def test_no_offer_makes_it_fall(lines: list[str]) -> None:
    async def scene() -> None:
        mine = calls()
        with contextlib.suppress(Refused):
            await mine.answer("\r\n".join(lines))
        await mine.close()
        assert len(mine) == 0

    run(scene)
