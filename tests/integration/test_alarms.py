"""Letters about silent terminals, sent to a real SMTP server on this machine."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import app.main
from app.config import BadSetting, Settings
from app.domain.mail import MailNotSent, mail_server
from app.domain.terminals import SILENT_AFTER, Heartbeat, TerminalProfile
from app.kiosk.device.key import public_bytes
from app.kiosk.municipal.alarms import AlarmMail, SilenceWatch
from app.outside.mail import SmtpMail
from app.storage.terminals import StoredTerminals
from tests.employee_desk import EmployeeDesk

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # a Monday, 11:00 in Waterstad
BEGAN = NOW - timedelta(days=1)
PROFILE = TerminalProfile("de bibliotheek aan zee", {"mon": "09:00-17:00"}, None, ("nl",), False)
MANAGERS = "balie-beheer@waterstad.example"
FLEET = "https://balie.waterstad.example/desk/terminals"


class Post:
    """The SMTP server's letter box. away: it takes nothing."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.to: list[list[str]] = []
        self.over_tls: list[bool] = []
        self.away = False
        self.arrived = Event()

    async def handle_DATA(self, _server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.away:
            return "451 try again later"
        letter = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.to.append(envelope.rcpt_tos)
        self.over_tls.append(session.ssl is not None)
        self.arrived.set()
        return "250 OK"


class PostOffice(Controller):
    """On a free port, with STARTTLS when there is a context."""

    def __init__(self, post: Post, tls: ssl.SSLContext | None = None, **options: Any) -> None:
        super().__init__(post, hostname="127.0.0.1", port=0, tls_context=tls, **options)

    def _trigger_server(self) -> None:
        """The controller asks its own port whether it is there; with port 0 the system chose it."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def office(post: Post) -> Iterator[PostOffice]:
    office = PostOffice(post)
    office.start()
    yield office
    office.stop()


@pytest.fixture
def desk(tmp_path: Path, migrated: Callable[[str], str]) -> Iterator[EmployeeDesk]:
    desk = EmployeeDesk(tmp_path, migrated("sqlite"))
    yield desk
    desk.close()


class House:
    """A municipality with one terminal that was last heard at NOW."""

    def __init__(self, desk: EmployeeDesk, office: PostOffice) -> None:
        self.desk = desk
        self.terminals = StoredTerminals(desk.database)
        code = self.terminals.begin_enrolment(public_bytes(Ed25519PrivateKey.generate()), NOW)
        self.id = self.terminals.confirm_enrolment(code, PROFILE, 1, NOW).id
        mail = SmtpMail(mail_server(f"smtp+plain://127.0.0.1:{office.port}"), "balie@waterstad.example")
        self.alarm_mail = AlarmMail(mail, MANAGERS, FLEET)
        self.watch = self.new_watch(self.alarm_mail)
        self.hear(NOW)

    def new_watch(self, alarm_mail: AlarmMail | None, began: datetime = BEGAN) -> SilenceWatch:
        return SilenceWatch(self.terminals, self.desk.employees.municipality, alarm_mail, began)

    def hear(self, at: datetime, off_until: datetime | None = None) -> None:
        beat = Heartbeat(at, "1.0", "a", at, 0, 0, None, "ethernet", True, True, 0.0, off_until)
        self.terminals.save_heartbeat(self.id, beat)


@pytest.fixture
def house(desk: EmployeeDesk, office: PostOffice) -> House:
    return House(desk, office)


def test_nobody_is_written_to_about_a_terminal_that_its_host_switched_off(house: House, post: Post) -> None:
    on_again = NOW + timedelta(hours=2)
    house.hear(NOW, off_until=on_again)
    house.watch.check(on_again - timedelta(seconds=1))
    assert post.letters == []
    house.watch.check(on_again)
    assert len(post.letters) == 1, "it should be on again"


def test_one_letter_when_it_falls_silent_and_one_when_it_is_back(house: House, post: Post) -> None:
    house.watch.check(NOW + SILENT_AFTER - timedelta(seconds=1))
    assert post.letters == [], "not yet"
    for minutes in range(5, 60):
        house.watch.check(NOW + timedelta(minutes=minutes))
    assert len(post.letters) == 1
    silent = post.letters[0]
    assert post.to == [[MANAGERS]]
    assert silent["Subject"] == "Terminal stil: de bibliotheek aan zee"
    assert silent["Auto-Submitted"] == "auto-generated"
    assert "02-03-2026, 11:00" in silent.get_content(), "the last time, by the clock on the wall"
    assert FLEET in silent.get_content()
    assert house.terminals.terminal(house.id).silent_since == NOW + SILENT_AFTER

    back_at = NOW + timedelta(hours=1)
    house.hear(back_at)
    for seconds in range(0, 240, 30):
        house.watch.check(back_at + timedelta(seconds=seconds))
    assert [letter["Subject"].split(":")[0] for letter in post.letters] == ["Terminal stil", "Terminal terug"]
    assert house.terminals.terminal(house.id).silent_since is None
    house.watch.check(back_at + SILENT_AFTER)
    assert len(post.letters) == 3, "the next silence is told again"


def test_a_night_is_no_silence(house: House, post: Post) -> None:
    house.hear(NOW.replace(hour=16, minute=1))  # 17:01 there
    for hour in range(1, 17):
        house.watch.check(NOW.replace(hour=16) + timedelta(hours=hour))
    assert post.letters == []
    house.watch.check(NOW.replace(hour=8, minute=6) + timedelta(days=7))
    assert len(post.letters) == 1, "next Monday at 09:06 it should have been heard"


def test_a_revoked_terminal_is_nobodys_alarm(house: House, post: Post) -> None:
    house.watch.check(NOW + SILENT_AFTER)
    house.terminals.revoke(house.id, NOW)
    house.watch.check(NOW + timedelta(hours=1))
    assert len(post.letters) == 1


def test_two_servers_send_one_letter(house: House, post: Post) -> None:
    for _ in range(2):
        house.new_watch(house.alarm_mail).check(NOW + SILENT_AFTER)
    assert len(post.letters) == 1


def test_a_server_that_was_away_itself_accuses_nobody(house: House, post: Post) -> None:
    began = NOW + timedelta(hours=2)
    watch = house.new_watch(house.alarm_mail, began)
    watch.check(began + SILENT_AFTER - timedelta(seconds=1))
    assert post.letters == []
    watch.check(began + SILENT_AFTER)
    assert len(post.letters) == 1


def test_a_letter_that_nobody_took_is_tried_again(house: House, post: Post) -> None:
    post.away = True
    house.watch.check(NOW + SILENT_AFTER)
    assert house.terminals.terminal(house.id).silent_since is None
    post.away = False
    house.watch.check(NOW + timedelta(minutes=6))
    assert len(post.letters) == 1
    post.away = True
    house.hear(NOW + timedelta(minutes=7))
    house.watch.check(NOW + timedelta(minutes=7))
    post.away = False
    house.watch.check(NOW + timedelta(minutes=8))
    assert [letter["Subject"].split(":")[0] for letter in post.letters] == ["Terminal stil", "Terminal terug"]


def test_without_an_address_the_fleet_page_alone_tells(house: House, post: Post) -> None:
    house.new_watch(None).check(NOW + SILENT_AFTER)
    assert house.terminals.terminal(house.id).silent_since == NOW + SILENT_AFTER
    assert post.letters == []


def test_a_place_cannot_add_lines_to_the_letter(house: House, post: Post) -> None:
    house.terminals.save_profile(house.id, replace(PROFILE, location="Zaal\r\nBcc: dief@elders.example"))
    house.watch.check(NOW + SILENT_AFTER)
    assert post.to == [[MANAGERS]]
    assert post.letters[0]["Bcc"] is None
    assert post.letters[0]["Subject"] == "Terminal stil: Zaal Bcc: dief@elders.example"


def test_the_watch_goes_on_after_a_failure(house: House, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    checks: list[datetime] = []

    def check(now: datetime) -> None:
        checks.append(now)
        if len(checks) == 1:
            raise RuntimeError("the database is away")
        second.set()

    second = Event()
    monkeypatch.setattr(house.watch, "check", check)
    stop = house.watch.start(timedelta(milliseconds=1))
    assert second.wait(30)
    stop()


# The way to the server


def context(tls_files: tuple[Path, Path]) -> ssl.SSLContext:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*tls_files)
    return server


def trusting(tls_files: tuple[Path, Path]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(tls_files[0]))


def send(mail: SmtpMail) -> None:
    mail.send(MANAGERS, "Onderwerp één", "Dag.\n.\nDit staat na een punt.\n")


def test_over_starttls_with_a_password(post: Post, tls_files: tuple[Path, Path]) -> None:
    told: list[tuple[bytes, bytes]] = []

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        told.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss/word", handled=False)

    office = PostOffice(post, context(tls_files), authenticator=authenticate, auth_required=True)
    office.start()
    url = f"smtp://balie:p%40ss%2Fword@localhost:{office.port}"
    send(SmtpMail(mail_server(url), "balie@waterstad.example", trusting(tls_files)))
    assert post.over_tls == [True]
    assert set(told) == {(b"balie", b"p@ss/word")}
    assert "Dit staat na een punt." in post.letters[0].get_content()
    wrong = url.replace("p%40ss", "wrong")
    with pytest.raises(MailNotSent, match="Authentication"):
        send(SmtpMail(mail_server(wrong), "balie@waterstad.example", trusting(tls_files)))
    with pytest.raises(MailNotSent, match="SSL"):
        send(SmtpMail(mail_server(url), "balie@waterstad.example"))  # a certificate that nobody signed
    assert len(post.letters) == 1
    office.stop()


def test_a_server_without_tls_gets_nothing(post: Post, office: PostOffice) -> None:
    with pytest.raises(MailNotSent):
        send(SmtpMail(mail_server(f"smtp://127.0.0.1:{office.port}"), "balie@waterstad.example"))
    assert post.letters == []
    send(SmtpMail(mail_server(f"smtp+plain://127.0.0.1:{office.port}"), "balie@waterstad.example"))
    assert len(post.letters) == 1, "the same server, trusted on purpose"


@pytest.mark.parametrize("to", ["", "nobody", "a@b@c", "a@b.example\nBcc: x@y.example"])
def test_an_address_that_is_none(office: PostOffice, to: str) -> None:
    with pytest.raises(MailNotSent):
        SmtpMail(mail_server(f"smtp+plain://127.0.0.1:{office.port}"), "balie@waterstad.example").send(
            to, "x", "y"
        )


# Settings


def settings(tmp_path: Path, **mail: str) -> Settings:
    return Settings.from_env({"DATA_DIR": str(tmp_path), **mail})


def test_without_settings_no_mail_is_sent(tmp_path: Path) -> None:
    assert app.main.alarm_mail(settings(tmp_path)) is None


def test_the_settings_make_the_letter_box(tmp_path: Path) -> None:
    made = settings(
        tmp_path, MAIL_URL="smtps://mail.example", MAIL_FROM="balie@waterstad.example", ALARM_MAIL=MANAGERS,
        BASE_URL="https://balie.waterstad.example",
    )  # fmt: skip
    alarm_mail = app.main.alarm_mail(made)
    assert alarm_mail is not None
    assert (alarm_mail.to, alarm_mail.fleet_url) == (MANAGERS, FLEET)


@pytest.mark.parametrize(
    ("mail", "named"),
    [
        ({"ALARM_MAIL": MANAGERS}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://mail.example"}, "MAIL_FROM"),
        ({"MAIL_URL": "mail.example", "MAIL_FROM": MANAGERS}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://mail.example:99999", "MAIL_FROM": MANAGERS}, "MAIL_URL"),
        ({"MAIL_URL": "smtp+plain://mail.example", "MAIL_FROM": MANAGERS}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://mail.example", "MAIL_FROM": "nobody"}, "MAIL_FROM"),
        ({"MAIL_URL": "smtp://mail.example", "MAIL_FROM": MANAGERS, "ALARM_MAIL": "a b@c"}, "ALARM_MAIL"),
    ],
)
def test_settings_that_cannot_work_are_told_at_the_start(
    tmp_path: Path, mail: dict[str, str], named: str
) -> None:
    with pytest.raises(BadSetting, match=named):
        settings(tmp_path, **mail)
