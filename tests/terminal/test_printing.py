"""Receipts through a real CUPS, with a printer that can be out of paper, off or broken."""

import re
import socket
import subprocess
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from app.kiosk.device import receipt
from app.kiosk.device.printing import CannotPrint, CupsPrinter, NoPrinter
from app.kiosk.device.receipt import NoFont, receipt_pdf
from tests.terminal.cups_place import LACK, CupsPlace

needs_cups = pytest.mark.skipif(bool(LACK), reason=LACK)
WORDS = ("Wij bellen u over: verhuizen.", "Vragen? Bel 14 010.")


@pytest.fixture
def cups(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CupsPlace]:
    place = CupsPlace(tmp_path_factory.mktemp("c"))
    place.start()
    place.add_printer("bon")
    place.make_default("bon")
    yield place
    place.stop()


@pytest.fixture
def printer(cups: CupsPlace) -> CupsPrinter:
    return CupsPrinter(server=cups.server)


def letters(pdf: bytes) -> set[str]:
    """Which letters can be taken from it, by its own tables (ToUnicode)."""
    found: set[str] = set()
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            content = zlib.decompress(stream)
        except zlib.error:
            content = stream
        for table in re.findall(rb"beginbfchar(.*?)endbfchar", content, re.DOTALL):
            for code in re.findall(rb"<[0-9A-Fa-f]+>\s*<([0-9A-Fa-f]+)>", table):
                found |= set(bytes.fromhex(code.decode()).decode("utf-16-be"))
    return found


def cannot(printer: CupsPrinter) -> str:
    with pytest.raises(CannotPrint) as refusal:
        printer.print_receipt(WORDS, "nl")
    return refusal.value.code


@needs_cups
def test_a_receipt_comes_out_and_nothing_of_it_stays(cups: CupsPlace, printer: CupsPrinter) -> None:
    assert printer.state() == "ready"
    printer.print_receipt(WORDS, "nl", "Gemeente Wijkstad")
    assert printer.state() == "ready"
    (paper,) = cups.papers()
    assert paper.startswith(b"%PDF")
    assert set("".join(WORDS)) - {" "} <= letters(paper)
    assert cups.spooled() == []
    assert not any(word in cups.log() for word in ("verhuizen", "Wijkstad", "14 010"))


@needs_cups
def test_control_without_our_purge_cups_keeps_what_it_printed(cups: CupsPlace, printer: CupsPrinter) -> None:
    said = b"Wilhelmina 06-5550"
    subprocess.run(["lp", "-h", cups.server, "-d", "bon"], input=said, check=True, capture_output=True)
    printer_done = CupsPrinter(server=cups.server)
    from tests.waiting import until

    until(lambda: cups.papers() == [said], "it did not print")
    assert said in cups.spooled()
    printer_done.forget()
    assert cups.spooled() == []


@needs_cups
def test_without_paper_it_says_so_and_the_next_person_does_not_get_it(
    cups: CupsPlace, printer: CupsPrinter
) -> None:
    cups.mood("out of paper")
    assert cannot(printer) == "out_of_paper"
    assert printer.state() == "out_of_paper"
    assert cups.spooled() == []
    cups.mood("prints")
    printer.print_receipt(["Van de volgende"], "nl")
    (paper,) = cups.papers()
    assert "W" not in letters(paper), "the first one's receipt came out as well"
    assert printer.state() == "ready"


@needs_cups
def test_a_printer_that_is_off_or_broken_or_stopped(cups: CupsPlace) -> None:
    printer = CupsPrinter("bon", cups.server, prints_within_s=3)
    cups.mood("off")
    assert cannot(printer) == "off"
    cups.mood("breaks")
    assert cannot(printer) == "trouble"
    cups.mood("prints")
    printer.print_receipt(WORDS, "nl")
    assert printer.state() == "ready"
    cups.disable("bon")
    assert printer.state() == "stopped"
    assert cannot(printer) == "stopped"
    assert len(cups.papers()) == 1
    assert cups.spooled() == []


@needs_cups
def test_no_such_printer(cups: CupsPlace) -> None:
    printer = CupsPrinter("weg", cups.server)
    assert printer.state() == "no_printer"
    assert cannot(printer) == "no_printer"
    printer.forget()


@needs_cups
def test_no_default_printer(tmp_path_factory: pytest.TempPathFactory) -> None:
    place = CupsPlace(tmp_path_factory.mktemp("c"))
    place.start()
    try:
        assert CupsPrinter(server=place.server).state() == "no_printer"
    finally:
        place.stop()


def test_no_print_service(tmp_path: Path) -> None:
    printer = CupsPrinter("bon", str(tmp_path / "none.sock"))
    assert printer.state() == "no_service"
    assert cannot(printer) == "no_service"
    printer.forget()


@pytest.mark.parametrize(
    "content", [b"", b"\x02", b"hallo, ik ben geen printer", b"\x02\x00\x00\x00\x00\x00\x00\x01\x04\x41"]
)
def test_something_that_is_no_print_service(content: bytes) -> None:
    class Other(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Other)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        assert CupsPrinter("bon", f"127.0.0.1:{server.server_port}").state() in ("no_service", "trouble")
    finally:
        server.shutdown()
        server.server_close()


def test_a_print_service_that_never_answers() -> None:
    from app.kiosk.device import ipp

    with socket.create_server(("127.0.0.1", 0)) as silent:
        service = ipp.PrintService(f"127.0.0.1:{silent.getsockname()[1]}", timeout_s=0.2)
        with pytest.raises(ipp.Unreachable):
            service.ask(ipp.CUPS_GET_DEFAULT, "/", ())


def test_a_terminal_without_a_printer() -> None:
    assert NoPrinter().state() == "no_printer"
    with pytest.raises(CannotPrint, match="no_printer"):
        NoPrinter().print_receipt(WORDS, "nl")
    NoPrinter().forget()


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("nl", "Wij bellen u morgen. Één vraag? Zoë"),
        ("ar", "سنتصل بك غدا على 14 010."),
        ("uk", "Ми зателефонуємо вам завтра. Їжак, Єва, ґанок"),
        ("tr", "Yarın sizi arayacağız: İğne, şişe"),
        ("ti", "ጽባሕ ክንድውለልኩም ኢና"),
    ],
)
def test_each_script_has_its_letters(language: str, line: str) -> None:
    pdf = receipt_pdf([line], language, "Gemeente Wijkstad")
    assert set(line) - {" "} <= letters(pdf) | set("\u00a0")
    assert set("GemtWijksad") <= letters(pdf)


def test_the_paper_is_as_long_as_the_words() -> None:
    def length(lines: int) -> float:
        box = re.search(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", receipt_pdf(["Een regel."] * lines, "nl"))
        assert box is not None
        assert round(float(box[1]) / 72 * 25.4) == 80
        return float(box[2])

    assert length(40) > 2 * length(15) > 0


def test_letters_that_are_not_installed_are_not_printed_as_boxes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    receipt_pdf(["王小明 " + WORDS[0]], "nl")
    assert "王" not in caplog.text, "the log quotes what was printed"
    monkeypatch.setattr(receipt, "FONTS", tmp_path)
    with pytest.raises(NoFont):
        receipt_pdf(WORDS, "nl")
