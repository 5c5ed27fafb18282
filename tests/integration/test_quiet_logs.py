"""A fault of ours: the reader gets a kind page, whoever repairs it the kind and the place, nobody the words."""

import logging
import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import render_template_string

from app.quiet_logs import keep_quiet
from tests.integration.test_protection import House, Migrated

SECRET = "tante-geheim-7"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, migrated: Migrated) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("faults"), migrated("sqlite"))

    @house.app.route("/test-only/broken", methods=["GET", "POST"])
    def broken() -> str:
        try:
            raise LookupError(f"row of {SECRET}")
        except LookupError as cause:
            raise RuntimeError(f"she said {SECRET}") from cause

    @house.app.get("/test-only/broken-template")
    def broken_template() -> str:
        return render_template_string("{{ words.missing.thing }}", words={SECRET: SECRET})

    house.app.config["PROPAGATE_EXCEPTIONS"] = False  # as when it is served
    yield house
    house.close()


@pytest.mark.parametrize("language", ["nl", "en", "ar"])
@pytest.mark.parametrize("path", ["/test-only/broken", "/test-only/broken-template"])
def test_a_fault_of_ours_is_told_without_its_message(
    house: House,
    path: str,
    language: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = house.browser(language).get(path, headers={"X-Said": SECRET})
    assert answer.status_code == 500
    html = unescape(answer.get_data(as_text=True))
    assert house.problem(500, language) in html
    assert SECRET not in html
    assert "Traceback" not in html
    assert "RuntimeError" not in html
    out, err = capfd.readouterr()
    told = caplog.text + out + err + "".join(str(record.__dict__) for record in caplog.records)
    assert SECRET not in told
    assert re.search(r"(RuntimeError|UndefinedError) in broken", told), "whoever repairs it needs the kind"
    assert re.search(r"test_quiet_logs\.py:\d+ broken", told), "and the place"


def test_a_machine_hears_no_more(house: House) -> None:
    answer = house.browser().get("/test-only/broken", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (500, {"code": "broken", "text": house.problem(500, "nl")})


def test_what_gunicorn_refuses_is_not_quoted(caplog: pytest.LogCaptureFixture) -> None:
    """It would write the address, which may be somebody's link, and where they sit."""
    gunicorn = logging.getLogger("gunicorn.error")
    keep_quiet()
    gunicorn.warning(f"Invalid request from ip=192.0.2.7: Invalid HTTP request line: 'GET /l/{SECRET} x'")
    try:
        raise OSError(SECRET)
    except OSError:
        gunicorn.exception("Error handling request %s", f"/l/{SECRET}")
    assert len(caplog.records) == 2
    assert not re.search(rf"{SECRET}|192\.0", caplog.text)
    assert "OSError" in caplog.text
