"""The whole web application with a real database and the demo's employees, as the desk's tests need it."""

import itertools
from datetime import UTC, datetime
from pathlib import Path

from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

import app.main
from app.config import Settings
from app.storage.conversations import StoredConversations
from app.storage.database import connect
from app.storage.demo import seed_demo
from app.storage.employees import StoredEmployees
from app.storage.tables import EmployeeRow, MunicipalityRow, ServiceTypeRow, TeamRow
from tests.html_checks import CheckedClient

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_numbers = itertools.count(2)


class EmployeeDesk:
    """database_url: an empty, migrated database. limits: with the rate limits of a real desk."""

    def __init__(
        self, data_dir: Path, database_url: str, *, limits: bool = False, base_url: str = ""
    ) -> None:
        self.settings = Settings.from_env(
            {
                "DATA_DIR": str(data_dir),
                "DATABASE_URL": database_url,
                "LIMITS": "on" if limits else "off",
                **({"BASE_URL": base_url} if base_url else {}),
            }
        )
        self.database = connect(database_url, self.settings.data_keys)
        self.demo = seed_demo(self.database, datetime.now(UTC), QUICK)
        self.passwords = {employee.user: employee.password for employee in self.demo.employees}
        self.conversations = StoredConversations(self.database)
        self.employees = StoredEmployees(self.database, QUICK)
        self.app: Flask = app.main.create_app(self.settings)
        self.app.config["TESTING"] = True

    def browser(self, language: str = "nl") -> CheckedClient:
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        return CheckedClient(client)

    def signed_in(self, user: str = "sanne", language: str = "nl") -> CheckedClient:
        """Past the form, whose hashing is slow on purpose; the tests of signing in use sign_in()."""
        browser = self.browser(language)
        token = self.employees.sign_in(user, self.passwords[user], datetime.now(UTC)).token
        with browser.client.session_transaction() as session:
            session["employee_token"] = token
        return browser

    def new_municipality(self) -> tuple[str, str]:
        """Another one in the same database: its employee's user name, and the id of an open talk there."""
        number = next(_numbers)
        user = f"stranger{number}"
        with self.database.writing() as session:
            there = MunicipalityRow(
                slug=f"elders-{number}", name="Elders", phone="14 098", email="", website="", address="",
                opening_hours={}, theme="voorbeeld",
            )  # fmt: skip
            session.add(there)
            session.flush()
            team = TeamRow(municipality_id=there.id, name="Team")
            session.add(team)
            session.flush()
            session.add_all(
                [
                    EmployeeRow(
                        municipality_id=there.id, team_id=team.id, user_name=user, name="Vreemd", display_name="Vreemd",
                        role="employee", background="none", password_hash=QUICK.hash("elders"),
                    ),
                    ServiceTypeRow(
                        municipality_id=there.id, team_id=team.id, slug="x", names={"nl": "Iets"}, texts={"nl": ""}
                    ),
                ]
            )  # fmt: skip
            session.flush()
            lead = session.scalar(select(EmployeeRow.id).where(EmployeeRow.user_name == user))
            service = session.scalar(
                select(ServiceTypeRow.id).where(ServiceTypeRow.municipality_id == there.id)
            )
        self.passwords[user] = "elders"
        return user, self.conversations.start_conversation(lead or 0, service or 0)[0].id

    def close(self) -> None:
        self.database.close()


def sign_in(browser: CheckedClient, user: str, password: str, page: str = "/desk/inloggen"):
    return browser.submit(page, {"user_name": user, "password": password}, page=page)
