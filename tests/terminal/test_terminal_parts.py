"""The terminal as it is put together: its own outbox, printer, agent and staff mode behind the face."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from flask import Flask

from app.cli import cli
from app.domain.terminal_parts import AgentAway, CallBackRequest, CannotKeep, PrinterDown, Receipt
from app.kiosk.device.agent_client import AgentClient
from app.kiosk.device.at_the_face import MachineAgent, PrintedReceipts, ProfiledPrinter, SealedCallBacks
from app.kiosk.device.off_today import OffForToday
from app.kiosk.device.outbox import Outbox
from app.kiosk.device.store import Store
from app.kiosk.face.parts import Face
from app.kiosk.sealing import SealingKeys, seal
from app.terminal import create_terminal_app
from app.terminal_config import TerminalSettings
from tests.html_checks import CheckedClient
from tests.terminal.receiving import Municipality
from tests.terminal.staff_place import HOURS, MONDAY, PaperlessPrinter
from tests.terminal_server import PROFILE
from tests.waiting import until

ASKED = CallBackRequest("Wilhelmina", "06-55501234", "ar", "Verhuizen", "In de ochtend")


@pytest.fixture
def municipality(tmp_path: Path, migrated: Callable[[str], str]) -> Iterator[Municipality]:
    receiving = Municipality(tmp_path / "municipality", migrated("sqlite"))
    yield receiving
    receiving.close()


@pytest.fixture
def terminal(tmp_path: Path, municipality: Municipality) -> Iterator[Flask]:
    """Enrolled, with its threads, as gunicorn runs it."""
    environment = {"DATA_DIR": str(tmp_path / "terminal"), "SERVER_URL": municipality.url, "LIMITS": "off"}
    app = create_terminal_app(TerminalSettings.from_env(environment))
    face: Face = app.extensions["wijkbalie_face"]
    face.watch.look()
    code = face.watch.joining.code
    municipality.terminals.confirm_enrolment(code, PROFILE, 1, municipality.now())
    face.watch.look()
    app.extensions["wijkbalie_delivering"].start()
    yield app
    app.extensions["wijkbalie_delivering"].stop()


def test_a_request_made_without_a_line_arrives_when_the_line_is_back(
    terminal: Flask, municipality: Municipality
) -> None:
    face: Face = terminal.extensions["wijkbalie_face"]
    until(face.ports.call_backs.is_open, "the municipality's key did not come")
    municipality.mood = "loses the request"
    request_id = str(uuid4())
    assert face.ports.call_backs.add(ASKED, request_id) == request_id
    assert municipality.requests() == []
    municipality.mood = "answers"
    face.watch.up = False
    face.watch.look()
    until(municipality.requests, "it was not delivered when the line came back", within_s=14)
    assert municipality.requests() == [{"name": "Wilhelmina", "phone": "06-55501234", "subject": "Verhuizen"}]


def test_staff_mode_stands_in_the_faces_frame_also_when_the_terminal_is_off(
    terminal: Flask, tmp_path: Path
) -> None:
    environment = {"DATA_DIR": str(tmp_path / "terminal")}
    made = CliRunner().invoke(cli, ["host-code"], env=environment, catch_exceptions=False)
    code = made.output.strip()
    assert len(code) == len("1234 5678")
    browser = CheckedClient(terminal.test_client())
    assert 'action="/host"' in browser.get("/").text
    assert browser.submit("/host", {"code": code}, page="/host").status_code == 303
    home = browser.get("/host").text
    assert "Wat wilt u doen?" in home
    assert 'class="face' in home
    assert browser.submit("/host/vandaag-uit", page="/host/vandaag-uit").location == "/"
    assert "Deze zuil staat vandaag uit" in browser.get("/").text
    assert browser.get("/keuze").location == "/"
    assert browser.submit("/host", {"code": code}, page="/host").status_code == 303
    browser.submit("/host/aan", page="/host")
    assert "Deze zuil staat vandaag uit" not in browser.get("/").text
    logbook = browser.get("/host/logboek").text
    assert "De code is veranderd." in logbook
    assert "De zuil is uitgezet voor die dag." in logbook


def test_what_cannot_be_kept_is_told_in_one_way(tmp_path: Path) -> None:
    store = Store(tmp_path)
    outbox = Outbox(store, seal, room=1)
    call_backs = SealedCallBacks(outbox)
    assert not call_backs.is_open()
    with pytest.raises(CannotKeep):
        call_backs.add(ASKED)
    outbox.learn_key(SealingKeys(["a secret"]).public_key)
    for unfit in (CallBackRequest("W", "geen", "nl", "", ""), ASKED):
        with pytest.raises(CannotKeep):
            call_backs.add(unfit, "" if unfit is not ASKED else "no id")
    call_backs.add(ASKED)
    with pytest.raises(CannotKeep):
        call_backs.add(ASKED)
    store.close()


def test_a_disk_that_takes_no_more_is_told_and_the_log_quotes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(tmp_path)
    outbox = Outbox(store, seal)
    outbox.learn_key(SealingKeys(["a secret"]).public_key)
    with store.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    for kept in range(500):  # noqa: B007  how many went well
        try:
            SealedCallBacks(outbox).add(ASKED)
        except CannotKeep:
            break
    assert outbox.left() == kept < 499, "the disk never was full"
    assert "could not be kept" in caplog.text
    assert "Wilhelmina" not in caplog.text
    store.close()


def test_receipts_at_the_face() -> None:
    printer = PaperlessPrinter()
    has = {"printer": True}
    receipts = PrintedReceipts(ProfiledPrinter(printer, lambda: has["printer"]))
    assert receipts.ready()
    receipts.print(Receipt("Gemeente", ("Een", "Twee"), "nl"))
    assert printer.printed == [("Gemeente", "Een", "Twee")]
    printer.code = "out_of_paper"
    assert not receipts.ready()
    with pytest.raises(PrinterDown):
        receipts.print(Receipt("Gemeente", ("Een",), "nl"))
    printer.code, has["printer"] = "ready", False
    assert not receipts.ready()
    with pytest.raises(PrinterDown):
        receipts.print(Receipt("Gemeente", ("Een",), "nl"))


@pytest.mark.parametrize("tablet", [True, False])
def test_without_an_agent_it_is_known_whether_the_terminal_is_off(tmp_path: Path, tablet: bool) -> None:
    store = Store(tmp_path)
    off = OffForToday(store)
    client = None if tablet else AgentClient(tmp_path / "none.sock")
    agent = MachineAgent(client, off, lambda: MONDAY)
    assert agent.state() == {"off_today": False}
    off.switch_off(HOURS, MONDAY - timedelta(minutes=1))
    assert agent.state() == {"off_today": True}
    for order in (agent.wipe, lambda: agent.volume(50)):
        with pytest.raises(AgentAway):
            order()
    store.close()
