"""The agent's socket: who may speak there, and how much."""

import json
import logging
import os
import socket
import struct
import threading
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from app.kiosk.device.beacon import LINE_BYTES, BadRequest, Request, parse_request

log = logging.getLogger("wijkbalie.agent")

LINE_WITHIN_S = 2.0
CONNECTIONS = 8
"""At once; more wait in the socket's own queue."""
QUEUE = 64
_UCRED = struct.Struct("iII")  # pid, uid, gid (unix(7))

Answer = dict[str, Any]


class AgentSocket:
    """One request a connection. answer: called in that connection's thread; gives what goes back."""

    def __init__(
        self,
        path: Path,
        allowed_uids: Collection[int],
        answer: Callable[[Request], Answer],
        group: int | None = None,
    ) -> None:
        """group: who may connect besides our own user; what decides is allowed_uids."""
        self._allowed = frozenset(allowed_uids)
        self._answer = answer
        self._free = threading.BoundedSemaphore(CONNECTIONS)
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            self._listener.bind(str(path))
        finally:
            os.umask(before)
        if group is not None:
            os.chown(path, -1, group)
            path.chmod(0o660)
        self._listener.listen(QUEUE)

    def start(self) -> None:
        threading.Thread(target=self._accept, name="agent-socket", daemon=True).start()

    def close(self) -> None:
        # shutdown wakes accept(); close alone does not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            self._free.acquire()
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        try:
            with line:
                line.settimeout(LINE_WITHIN_S)
                line.sendall(json.dumps(self._one(line)).encode() + b"\n")
        except OSError as problem:  # gone or too slow
            log.info("agent socket: %s", type(problem).__name__)
        finally:
            self._free.release()

    def _one(self, line: socket.socket) -> Answer:
        peer = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
        _pid, uid, _gid = _UCRED.unpack(peer)
        with line.makefile("rb") as reader:
            said = reader.readline(
                LINE_BYTES + 1
            )  # also of a stranger: a line closed unread loses the answer
        if uid not in self._allowed:
            log.warning("agent socket: user %d may not speak here", uid)
            return {"error": "not_allowed"}
        try:
            return self._answer(parse_request(said))
        except BadRequest as problem:
            return {"error": problem.code}
