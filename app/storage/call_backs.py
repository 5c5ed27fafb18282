"""Call-back requests as the database keeps them: encrypted, once each, fourteen days at most."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.call_backs import CallBack, CallBackWish
from app.domain.conversations import NotFound
from app.storage.database import Database
from app.storage.tables import CallBackRow, MunicipalityRow


def _utc_now() -> datetime:
    return datetime.now(UTC)


class StoredCallBacks:
    """Implements app.domain.call_backs.CallBacks, for the one municipality of this installation."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = _utc_now) -> None:
        self._database = database
        self._clock = clock

    def keep_call_back(self, call_back_id: str, wish: CallBackWish) -> None:
        """The primary key holds it to one, however many deliver it at once."""
        try:
            with self._database.writing() as session:
                if session.get(CallBackRow, call_back_id) is None:
                    session.add(
                        CallBackRow(
                            id=call_back_id,
                            municipality_id=served_municipality(session),
                            content=wish.to_json(),
                            received_at=self._clock(),
                        )
                    )
        except IntegrityError:
            with self._database.reading() as session:
                if session.get(CallBackRow, call_back_id) is None:
                    raise

    def call_backs(self, municipality_id: int) -> list[CallBack]:
        with self._database.reading() as session:
            rows = session.scalars(
                select(CallBackRow)
                .where(CallBackRow.municipality_id == municipality_id, CallBackRow.content.is_not(None))
                .order_by(CallBackRow.received_at, CallBackRow.id)
            )
            return [
                CallBack(row.id, row.received_at, CallBackWish(**json.loads(row.content or "{}")))
                for row in rows
            ]

    def called(self, call_back_id: str, municipality_id: int) -> None:
        with self._database.writing() as session:
            row = session.get(CallBackRow, call_back_id)
            if row is None or row.municipality_id != municipality_id:
                raise NotFound
            row.content = None


def served_municipality(session: Session) -> int:
    """As StoredEmployees.municipality: one installation serves one. Raises NotFound."""
    found = session.scalar(select(MunicipalityRow.id).order_by(MunicipalityRow.id).limit(1))
    if found is None:
        raise NotFound
    return found
