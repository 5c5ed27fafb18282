"""The echo's door: a Unix socket for our own web server."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

from app.conversations.echo import wire

log = logging.getLogger("wijkbalie.echo")

_ASK_S = 5.0
_CONNECTIONS = 32


class Calls(Protocol):
    """app.conversations.echo.calls.Calls"""

    def __len__(self) -> int: ...

    async def answer(self, offer: str) -> str: ...

    async def close(self) -> None: ...


class EchoServer:
    """calls: made at the first offer, since most desks have no terminal and media libraries are heavy."""

    def __init__(self, calls: Callable[[], Awaitable[Calls]]) -> None:
        self._make = calls
        self._calls: Calls | None = None
        self._making = asyncio.Lock()
        self._connections = 0

    async def serve(self, path: Path, until: asyncio.Event) -> None:
        """Answers on `path` (mode 0600) until the event is set; then every call ends."""
        path.parent.mkdir(parents=True, exist_ok=True)
        # Beside its place first, so that nobody can connect before the mode is right.
        new = path.with_name(f".{path.name}"[:100])
        new.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._accept, str(new), limit=wire.LINE_BYTES)
        new.chmod(0o600)
        new.rename(path)
        log.info("listening")
        await until.wait()
        path.unlink(missing_ok=True)
        server.close()
        if self._calls is not None:
            await self._calls.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        try:
            told = await self._answered(reader)
            writer.write(json.dumps(told).encode() + b"\n")
            await asyncio.wait_for(writer.drain(), _ASK_S)
        except (OSError, TimeoutError):
            pass  # it went away
        finally:
            self._connections -= 1
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _answered(self, reader: asyncio.StreamReader) -> dict[str, Any]:
        if self._connections > _CONNECTIONS:
            return {"code": wire.BUSY}
        try:
            question = json.loads(await asyncio.wait_for(reader.readline(), _ASK_S))
        except (ValueError, RecursionError):  # no JSON, no text, or a line that is too long
            return {"code": wire.BAD_REQUEST}
        match question:
            case {"offer": str(offer)}:
                return await self._answer(offer)
            case {"describe": True}:
                return {"calls": 0 if self._calls is None else len(self._calls)}
            case _:
                return {"code": wire.BAD_REQUEST}

    async def _answer(self, offer: str) -> dict[str, Any]:
        async with self._making:
            if self._calls is None:
                self._calls = await self._make()
        try:
            return {"answer": await self._calls.answer(offer)}
        except Exception as refused:
            if isinstance(code := getattr(refused, "code", None), str):
                return {"code": code}
            raise
