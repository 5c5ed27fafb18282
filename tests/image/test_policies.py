"""The matrix: what the rendered policies hold, each row beside a browser without them that shows the row can fail."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, Page

from app.kiosk.device.policies import common_policies, managed_policies
from app.kiosk.device.site import Origin, Site
from tests.browser import started_playwright
from tests.image.policed import REMOTE_CONTROL, program_with, require_namespaces
from tests.image.small_sites import self_signed, site

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True)
class Places:
    face: str
    server: str
    listed: str
    foreign: str
    untrusted: str
    """The server's own address and scheme, with a certificate that nobody knows."""


@dataclass(frozen=True, slots=True)
class Browser:
    context: BrowserContext
    places: Places

    def page(self, origin: str = "") -> Page:
        page = self.context.new_page()
        if origin:
            page.goto(origin)
        return page


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    require_namespaces("-m")
    certificate = self_signed(tmp_path_factory.mktemp("tls") / "key.pem", "127.0.0.1")
    with ExitStack() as stack:
        face, server, listed, foreign = (stack.enter_context(site()) for _ in range(4))
        untrusted = stack.enter_context(site(certificate=certificate))
        yield Places(face, server, listed, foreign, untrusted)


def policies_for(places: Places) -> dict[str, object]:
    """untrusted is in the list: the certificate, not the list, must stop it."""
    listed = tuple(Origin.parse(each) for each in (places.listed, places.untrusted))
    there = Site(Origin.parse(places.server), listed, Origin.parse(places.face))
    return managed_policies(there, common_policies())


def browser_with(folder: Path, places: Places, policies: dict[str, object] | None) -> Browser:
    server_port = Origin.parse(places.server).port
    context = started_playwright().chromium.launch_persistent_context(
        str(folder / "profile"),
        executable_path=str(program_with(folder, policies)),
        # Playwright's own switch would open every pop-up.
        ignore_default_args=["--disable-popup-blocking"],
        args=[
            "--no-sandbox", "--disable-dev-shm-usage", "--use-fake-device-for-media-stream",
            "--auto-accept-this-tab-capture",
            # The server stands on this machine in the test, and elsewhere in life.
            f"--ip-address-space-overrides=127.0.0.1:{server_port}=public",
        ],
    )  # fmt: skip
    context.set_default_timeout(20_000)
    return Browser(context, places)


@pytest.fixture(scope="module")
def policed(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    policies = {name: value for name, value in policies_for(places).items() if name not in REMOTE_CONTROL}
    browser = browser_with(tmp_path_factory.mktemp("policed"), places, policies)
    yield browser
    browser.context.close()


@pytest.fixture(scope="module")
def free(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    browser = browser_with(tmp_path_factory.mktemp("free"), places, None)
    yield browser
    browser.context.close()


# --- What a row does: True when it gets through


def opens(address: str) -> Callable[[Browser], bool]:
    def go(browser: Browser) -> bool:
        page = browser.page()
        try:
            page.goto(address.format_map({each: getattr(browser.places, each) for each in Places.__slots__}))
        except Error as error:
            if "ERR_BLOCKED_BY_ADMINISTRATOR" not in str(error):
                raise
            return False
        return not page.url.startswith("chrome-error:")

    return go


def frames_foreign(browser: Browser) -> bool:
    page = browser.page(browser.places.face)
    page.evaluate(
        "(src) => new Promise((done) => { const frame = document.createElement('iframe');"
        " frame.onload = done; frame.src = src; document.body.append(frame); })",
        browser.places.foreign,
    )
    return page.frames[1].title() == "Open"


def fetches_foreign(browser: Browser) -> bool:
    page = browser.page(browser.places.face)
    return bool(
        page.evaluate("(from) => fetch(from).then((it) => it.ok, () => false)", browser.places.foreign)
    )


def opens_blob(browser: Browser) -> bool:
    page = browser.page(browser.places.server)
    with suppress(Error), page.expect_navigation(timeout=3000):
        page.evaluate(
            "location = URL.createObjectURL(new Blob(['<title>Blob</title>'], {type: 'text/html'}))"
        )
    return page.url.startswith("blob:")


def opens_window_by_click(browser: Browser) -> bool:
    page = browser.page(browser.places.server)
    page.evaluate("button.onclick = () => { window.opened = open('/') !== null; }")
    page.click("#button")
    return bool(page.evaluate("window.opened"))


def shows_pdf(browser: Browser) -> bool:
    page = browser.page()
    try:
        page.goto(browser.places.server + "/papier.pdf")
    except Error:
        return False
    return page.url.endswith(".pdf")


def captures_screen(browser: Browser) -> bool:
    page = browser.page(browser.places.server)
    page.evaluate(
        "button.onclick = () => navigator.mediaDevices.getDisplayMedia({preferCurrentTab: true})"
        ".then(() => window.got = 'yes', (error) => window.got = error.name)"
    )
    page.click("#button")
    page.wait_for_function("window.got")
    return bool(page.evaluate("window.got") == "yes")


def may_ask_for(permission: str, place: str = "server") -> Callable[[Browser], bool]:
    def ask(browser: Browser) -> bool:
        page = browser.page(getattr(browser.places, place))
        asked = f"navigator.permissions.query({{name: '{permission}'}}).then((it) => it.state)"
        return bool(page.evaluate(asked) != "denied")

    return ask


def gets_camera(place: str) -> Callable[[Browser], bool]:
    """Without a question: a question would stay open in vain."""

    def get(browser: Browser) -> bool:
        page = browser.page(getattr(browser.places, place))
        said = page.evaluate(
            "() => Promise.race([navigator.mediaDevices.getUserMedia({audio: true, video: true})"
            ".then((stream) => stream.getTracks().map((track) => track.readyState).join(), (error) => error.name),"
            " new Promise((done) => setTimeout(done, 4000, 'asks'))])"
        )
        return bool(said == "live,live")

    return get


def reaches_face(browser: Browser) -> bool:
    page = browser.page(browser.places.server)
    return bool(
        page.evaluate(
            "(face) => Promise.race([fetch(face).then((it) => it.ok, () => false),"
            " new Promise((done) => setTimeout(done, 4000, false))])",
            browser.places.face + "/hartslag",
        )
    )


def sounds_by_itself(browser: Browser) -> bool:
    page = browser.page(browser.places.face + "/geluid")
    with suppress(Error):
        page.wait_for_function("window.sound.state === 'running'", timeout=3000)
    return bool(page.evaluate("window.sound.state") == "running")


def goes_on_in_spite_of_the_certificate(browser: Browser) -> bool:
    page = browser.page()
    with suppress(Error):
        page.goto(browser.places.untrusted)
    page.wait_for_selector("#primary-button")
    link = page.locator("#proceed-link")
    if link.count() == 0:
        return False
    with suppress(Error), page.expect_navigation(timeout=4000):
        link.evaluate("(it) => it.click()")
    return page.title() == "Open"


SHUT: dict[str, Callable[[Browser], bool]] = {
    "another origin": opens("{foreign}"),
    "settings": opens("chrome://settings/"),
    "flags": opens("chrome://flags/"),
    "history": opens("chrome://history/"),
    "downloads page": opens("chrome://downloads/"),
    "version": opens("chrome://version/"),
    "policy page": opens("chrome://policy/"),
    "inspect": opens("chrome://inspect/"),
    "an extension's page": opens("chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/index.html"),
    "developer tools": opens("devtools://devtools/bundled/inspector.html"),
    "source of a page": opens("view-source:{server}/"),
    "a file of the machine": opens("file:///etc/passwd"),
    "folders of the machine": opens("file:///"),
    "data:": opens("data:text/html,<title>Open</title>"),
    "a foreign frame": frames_foreign,
    "a PDF in the browser": shows_pdf,
    "a picture of the screen": captures_screen,
    "a question about geolocation": may_ask_for("geolocation"),
    "a question about notifications": may_ask_for("notifications"),
    "a question about the clipboard": may_ask_for("clipboard-read"),
    "a question about fonts": may_ask_for("local-fonts"),
    "a question about windows": may_ask_for("window-management"),
    "a question about idleness": may_ask_for("idle-detection"),
    "a question about the camera, elsewhere": may_ask_for("camera", "listed"),
    "a wrong certificate": goes_on_in_spite_of_the_certificate,
}
"""Through without policies, shut with them."""

OPENED: dict[str, Callable[[Browser], bool]] = {
    "camera and sound in a talk": gets_camera("server"),
    "camera and sound on the face": gets_camera("face"),
    "a talk reaches the face": reaches_face,
    "the face sounds without a touch": sounds_by_itself,
}
"""Not without policies, and there with them, without a question."""

NOT_HELD: dict[str, Callable[[Browser], bool]] = {
    "fetch() elsewhere": fetches_foreign,
    "a window by a click": opens_window_by_click,
    "blob: of an own page": opens_blob,
}
"""Policies do not stop these: content policy, packet filter and our own pages must."""


STATUS = """() => {
  const found = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.localName === "policy-row") found.push(element.shadowRoot.textContent.replace(/\\s+/g, " ").trim());
      if (element.shadowRoot) walk(element.shadowRoot);
    }
  };
  walk(document);
  return found.filter((text) => text.includes(" Mandatory "));
}"""
OLD = {"AutofillAddressEnabled", "AutofillCreditCardEnabled"}
"""Chromium calls them deprecated; they still hold."""


def test_chromium_knows_every_policy(places: Places, tmp_path: Path) -> None:
    """What chrome://policy says of each, in a browser that may open that page; a made-up one is the control."""
    policies = {
        name: value
        for name, value in policies_for(places).items()
        if name not in (*REMOTE_CONTROL, "URLBlocklist")
    }
    browser = browser_with(tmp_path, places, {**policies, "MadeUpEnabled": True})
    try:
        page = browser.page()
        page.goto("chrome://policy/")
        page.wait_for_function(f"({STATUS})().length >= {len(policies)}")
        told = {text.split()[0]: text for text in page.evaluate(STATUS)}
    finally:
        browser.context.close()
    not_fine = {name for name, text in told.items() if "Mandatory OK" not in text}
    assert not_fine == OLD | {"MadeUpEnabled"}
    assert policies.keys() <= told.keys()


@pytest.mark.parametrize("row", SHUT)
def test_shut(row: str, policed: Browser, free: Browser) -> None:
    assert SHUT[row](free), "the control does not get through either: this row proves nothing"
    assert not SHUT[row](policed)


@pytest.mark.parametrize("row", OPENED)
def test_opened_without_a_question(row: str, policed: Browser, free: Browser) -> None:
    assert not OPENED[row](free), "the control gets through as well: this row proves nothing"
    assert OPENED[row](policed)


@pytest.mark.parametrize("row", NOT_HELD)
def test_what_policies_do_not_hold(row: str, policed: Browser) -> None:
    """When Chromium begins to hold one of them, docs/change/terminal-lockdown.md may say so."""
    assert NOT_HELD[row](policed)
