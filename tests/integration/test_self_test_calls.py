"""A terminal's browser calls the real echo over real WebRTC, and the fleet page learns how it went."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.domain.terminals import SelfTest
from app.kiosk.device.municipal_line import SignedMunicipalLine
from tests.browser import assert_axe, chromium
from tests.echo_process import running_echo
from tests.journeys.sound import silence_file
from tests.terminal_server import Sender, TerminalServer, line, terminal
from tests.waiting import until

pytestmark = [pytest.mark.media, pytest.mark.browser, pytest.mark.timeout(300)]

FAKE = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)
DONE = "[data-outcome]"


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[str], str]
) -> Iterator[TerminalServer]:
    server = TerminalServer(tmp_path_factory.mktemp("self-test"), migrated("sqlite"))
    yield server
    server.close()


@pytest.fixture
def here(server: TerminalServer) -> Sender:
    return terminal(server)


@pytest.fixture
def echo(server: TerminalServer) -> Iterator[None]:
    with running_echo(server.settings.data_dir):
        yield


@contextmanager
def browser_of(here: Sender, *flags: str, script: str = "") -> Iterator[Page]:
    """A terminal's browser, on the page of its test. script: runs before the page's own."""
    errors: list[str] = []
    with chromium(*FAKE, *flags) as browser, browser.new_context(locale="nl") as context:
        context.on("weberror", lambda problem: errors.append(str(problem.error)))
        context.grant_permissions(["camera", "microphone"], origin=here.url)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        open_to_all = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}
        page.route(
            "http://127.0.0.1:8180/**",
            lambda route: route.fulfill(
                body="<title>face</title>", headers=open_to_all, content_type="text/html"
            ),
        )
        page.goto(SignedMunicipalLine(lambda: line(here)).self_test())
        yield page
    assert not errors, errors


def outcome(server: TerminalServer, here: Sender, page: Page) -> tuple[str, SelfTest]:
    expect(page.locator(DONE)).to_be_visible(timeout=90_000)
    kept = server.terminals.terminal(here.key_id).self_test
    assert kept is not None
    return page.locator(DONE).get_attribute("data-outcome") or "", kept


def test_all_works_and_the_terminal_goes_back_to_its_own_pages(
    server: TerminalServer, here: Sender, echo: None
) -> None:
    with browser_of(here) as page:
        expect(page.get_by_role("heading", level=1)).to_have_text("Test bezig")
        assert_axe(page)
        said, kept = outcome(server, here, page)
        assert said == "fine", kept
        assert (kept.picture, kept.sound, kept.failed) == (True, True, "")
        assert 0 <= kept.loss < 0.2
        assert 0 < kept.delay_ms < 2000
        expect(page.get_by_role("heading", level=1)).to_have_text("Test klaar")
        expect(page.get_by_role("status").filter(has_text="Alles werkt")).to_be_visible()
        assert_axe(page)
        page.wait_for_url("http://127.0.0.1:8180/", timeout=60_000)


def test_a_dead_microphone_is_found(server: TerminalServer, here: Sender, echo: None, tmp_path: Path) -> None:
    silence = silence_file(tmp_path / "silence.wav")
    with browser_of(here, f"--use-file-for-fake-audio-capture={silence}") as page:
        said, kept = outcome(server, here, page)
    assert said == "no_sound"
    assert (kept.picture, kept.sound, kept.failed) == (True, False, "")


BLACK = """
const real = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
if (real) navigator.mediaDevices.getUserMedia = async (wanted) => {
  if (!wanted.video) return real(wanted);
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 180 });
  const paint = canvas.getContext("2d");
  setInterval(() => paint.fillRect(0, 0, 320, 180), 50);
  return canvas.captureStream(15);
};
"""


def test_a_lens_that_is_covered_is_found(server: TerminalServer, here: Sender, echo: None) -> None:
    with browser_of(here, script=BLACK) as page:
        said, kept = outcome(server, here, page)
    assert said == "no_picture"
    assert (kept.picture, kept.sound, kept.failed) == (False, True, "")


@pytest.mark.parametrize(
    ("kind", "code", "picture", "sound"),
    [("video", "no_camera", False, True), ("audio", "no_microphone", True, False)],
)
def test_a_device_that_is_off_has_its_code_and_the_other_is_tested(
    server: TerminalServer, here: Sender, echo: None, kind: str, code: str, picture: bool, sound: bool
) -> None:
    script = f"""
    const real = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
    if (real) navigator.mediaDevices.getUserMedia = async (wanted) => {{
      if (wanted.{kind}) throw new DOMException("", "NotFoundError");
      return real(wanted);
    }};
    """
    with browser_of(here, script=script) as page:
        said, kept = outcome(server, here, page)
    assert said == kept.failed == code
    assert (kept.picture, kept.sound) == (picture, sound)


def test_without_the_echo_the_test_says_so_and_the_desk_goes_on(server: TerminalServer, here: Sender) -> None:
    with running_echo(server.settings.data_dir) as (client, supervisor):
        pid = supervisor.pid
        assert pid
        supervisor.stop()
        until(lambda: client.describe()["state"] == "unavailable", "the echo is gone")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, signal.SIG_DFL)
    parts = server.browser().get("/readyz").get_json()["parts"]
    assert parts["echo"] == {"state": "unavailable"}
    assert parts["conversations"]["state"] == "ready"
    assert server.signed_in().get("/desk/").status_code == 200
    with browser_of(here) as page:
        said, kept = outcome(server, here, page)
    assert said == kept.failed == "no_echo"
