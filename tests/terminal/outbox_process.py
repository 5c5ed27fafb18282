"""A terminal's process that adds to its outbox or delivers from it, and loses its power where it is told to.

Losing power is SIGKILL by its own hand at a chosen point: nothing is closed, flushed or undone.
"""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import delete, event

from app.kiosk.device.line import Line
from app.kiosk.device.outbox import Outbox
from app.kiosk.device.store import Store, outbox
from app.kiosk.sealing import seal

ADD_POINTS = ("add:begin", "add:sealed", "add:written", "add:committed", "add:returned")
DELIVER_POINTS = (
    "deliver:begin",
    "post:begin",
    "post:answered",
    "remove:written",
    "remove:committed",
    "remove:checkpoint",
)


def leave_open(plain: bytes, public_key: bytes) -> bytes:
    """What must never happen; a control shows that the search for readable words would find it."""
    return plain


@dataclass(frozen=True, slots=True)
class Task:
    data_dir: Path
    url: str
    key: bytes
    """The terminal's, private."""
    terminal_id: str
    adds: tuple[tuple[str, dict[str, str]], ...] = ()
    """(request id, request)"""
    deliver: bool = False
    cut_at: str = ""
    """One of the points, and which time it is passed: "post:answered 3"."""
    sealed: bool = True
    careless: str = ""
    """One of LINES."""


class Fuse:
    def __init__(self, cut_at: str) -> None:
        self._point, _, times = cut_at.partition(" ")
        self._left = int(times or 1)

    def passing(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class FusedStore(Store):
    def __init__(self, data_dir: Path, fuse: Fuse) -> None:
        self.fuse = fuse
        self.doing = ""
        super().__init__(data_dir)
        event.listen(self.engine, "after_cursor_execute", self._written)

    def _written(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(("INSERT INTO outbox", "DELETE FROM outbox")):
            self.doing = "add" if statement.startswith("INSERT") else "remove"
            self.fuse.passing(f"{self.doing}:written")

    @contextmanager
    def writing(self) -> Iterator[DatabaseConnection]:
        with super().writing() as connection:
            yield connection
        if self.doing:
            self.fuse.passing(f"{self.doing}:committed")

    def forget_deleted(self) -> None:
        self.fuse.passing("remove:checkpoint")
        super().forget_deleted()


class FusedLine(Line):
    """The terminal's own, signed."""

    def __init__(self, task: Task, fuse: Fuse) -> None:
        super().__init__(task.url, Ed25519PrivateKey.from_private_bytes(task.key), task.terminal_id)
        self._fuse = fuse

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self._fuse.passing("post:begin")
        answer = super().post(path, body)
        self._fuse.passing("post:answered")
        return answer


class RenamingLine(FusedLine):
    """A control: a new id for each try."""

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return super().post(path, {**body, "id": str(uuid4())})


class ForgettingLine(FusedLine):
    """A control: the request is removed before anybody has received it."""

    store: Store

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        with self.store.writing() as connection:
            connection.execute(delete(outbox).where(outbox.c.id == body["id"]))
        return super().post(path, body)


LINES = {"": FusedLine, "renames": RenamingLine, "forgets": ForgettingLine}


def run(task: Task, told: Connection) -> None:
    fuse = Fuse(task.cut_at)
    store = FusedStore(task.data_dir, fuse)

    def fused_seal(plain: bytes, public_key: bytes) -> bytes:
        fuse.passing("add:begin")
        made = (seal if task.sealed else leave_open)(plain, public_key)
        fuse.passing("add:sealed")
        return made

    box = Outbox(store, fused_seal)
    for request_id, request in task.adds:
        told.send(("kept", box.add(request, request_id)))
        fuse.passing("add:returned")
    if task.deliver:
        fuse.passing("deliver:begin")
        line = LINES[task.careless](task, fuse)
        if isinstance(line, ForgettingLine):
            line.store = store
        done = box.deliver(line)
        told.send(("delivered", done.n, done.left, done.held_up))
    told.send(("end",))
