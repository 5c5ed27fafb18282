"""`python -m app.speech`: the speech process's root. Opens no database.

With --until-stdin-closes it ends when whoever started it is gone, however that ended. With --announce, web servers
on other machines find it through Redis.
"""

import asyncio
import contextlib
import importlib
import logging
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from app.config import Settings
from app.domain.speech import Voice
from app.speech.decode_queue import DecodeQueue
from app.speech.engines import load_recognisers
from app.speech.models import installed
from app.speech.server import SpeechServer
from app.speech.stopping import stop_when_told
from app.speech.tongue import Tongue
from app.speech.tongue.routes import directions

log = logging.getLogger("wijkbalie.speech")


async def run(settings: Settings, mouth: Voice | None) -> None:
    stop = stop_when_told()
    # A decoding gains little beyond four threads; more cores hear more speakers at once.
    workers = max(1, settings.speech_threads // 4)
    loading = asyncio.get_running_loop().run_in_executor(
        None, load_recognisers, settings.models_dir, settings.speech_threads, workers
    )
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait((loading, stopping), return_when=asyncio.FIRST_COMPLETED)
    if stop.is_set():
        return
    queue = DecodeQueue(workers)
    tongue = Tongue(directions(installed(settings.models_dir), settings.allow_fixtures))
    try:
        server = SpeechServer(await loading, mouth, queue, settings.silence_ms, tongue=tongue)
        with announced(settings):
            await server.serve(settings.speech_socket, stop)
    finally:
        tongue.close()


@contextlib.contextmanager
def announced(settings: Settings) -> Iterator[None]:
    """With --announce, as long as it lasts."""
    if "--announce" not in sys.argv:
        yield
        return
    name = f"{socket.gethostname()}-{settings.speech_socket.stem}"
    from app.speech.redis_line import RedisDoor

    door = RedisDoor(settings.speech_redis, settings.speech_key, name, settings.speech_socket)
    door.start()
    try:
        yield
    finally:
        door.stop()


def create_mouth(models_dir: Path) -> Voice | None:
    voices = [model.path for model in installed(models_dir) if model.engine == "piper"]
    try:
        pool: Voice = importlib.import_module("app.speech.mouth").VoicePool(piper_voices=voices)
        return pool
    except Exception as problem:  # captions must not hang on a missing voice
        log.error("no voice: %s", type(problem).__name__)
        return None


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    settings = Settings.from_env()
    mouth = create_mouth(settings.models_dir)
    asyncio.run(run(settings, mouth))
    if mouth is not None and (close := getattr(mouth, "close", None)):
        close()
    # A decoding under way is native code that no longer matters; do not wait for it.
    logging.shutdown()
    os._exit(0)


if __name__ == "__main__":
    main()
