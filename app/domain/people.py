"""Who works here and where: municipality and employee."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Municipality:
    id: int
    slug: str
    name: str
    phone: str
    """As people read it, e.g. "14 010"."""
    email: str
    website: str
    address: str
    opening_hours: dict[str, str]
    """Per language."""
    theme: str


@dataclass(frozen=True, slots=True)
class Employee:
    id: int
    municipality_id: int
    user_name: str
    name: str
    display_name: str
    """What the citizen sees: a first name or a role; never empty."""
    team: str
    role: str
    """"employee" or "manager"."""
    background: str = "none"
    """"none", "banner" or "blur": what stands behind the employee in the picture."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """token is the browser's; only its hash is kept."""

    employee: Employee
    token: str


class SignInRefused(Exception):
    """Wrong name or password; says never which. locked_until: set while the lock-out lasts."""

    def __init__(self, locked_until: datetime | None = None) -> None:
        super().__init__()
        self.locked_until = locked_until


class SignIn(Protocol):
    """Port for signing in, so that a municipality's own SSO can take its place."""

    def sign_in(self, user_name: str, password: str, now: datetime) -> SignedIn:
        """Raises SignInRefused. Five wrong tries lock for 15 minutes; the same work for unknown names."""


class Employees(Protocol):
    def employee_for_token(self, token: str, now: datetime, *, counts_as_use: bool = True) -> Employee | None:
        """None when unknown, signed out, 30 minutes unused, 12 hours old, or disabled.

        counts_as_use False: a page that refreshes itself asks. Whoever sits in a talk is never unused.
        """

    def sign_out(self, token: str) -> None: ...

    def keep_appearance(self, employee_id: int, display_name: str, background: str) -> Employee: ...

    def municipality(self) -> Municipality: ...
