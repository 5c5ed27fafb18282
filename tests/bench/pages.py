"""What a citizen's pages weigh on the wire with an empty cache, and how many start pages a second are served."""

import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from app.domain.conversations import Role
from tests.browser import chromium
from tests.desk import free_port
from tests.visitor_desk import VisitorDesk, speaking

ROOT = Path(__file__).parent.parent.parent
PAGE_BUDGET, SCRIPT_BUDGET, CALL_SCRIPT_BUDGET = 60_000, 15_000, 40_000
ROUNDS, ROUND_S, CONNECTIONS = 5, 2.0, 4
VENDORED = "/vendor/"


def measure(_audio: Path) -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "desk")
        desk = VisitorDesk(data)
        serving = _gunicorn("app.main:create_app()", DATA_DIR=str(data), LIMITS="off")
        with speaking(desk.settings), serving as url:
            yield from _weights(desk, url)
            yield _speed(url, folder)
        desk.close()


def _weights(desk: VisitorDesk, url: str) -> Iterator[dict[str, Any]]:
    with chromium("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream") as browser:
        waiting, cookies = _walk_to_waiting_room(browser, desk, url)
        yield from _weight(browser, "start", f"{url}/", [])
        yield from _weight(browser, "link", f"{url}/l/{desk.links[Role.CITIZEN]}", [])
        yield from _weight(browser, "waiting", waiting, cookies)
        desk.admit_all()
        yield from _weight(browser, "call", waiting.replace("wachten", "praten"), cookies, CALL_SCRIPT_BUDGET)


def _walk_to_waiting_room(browser: Browser, desk: VisitorDesk, url: str) -> tuple[str, list[Any]]:
    context = browser.new_context(locale="nl")
    page = context.new_page()
    page.goto(f"{url}/l/{desk.links[Role.CITIZEN]}")
    for name in ("Ik doe mee", "Ja, ik lees mee", "Ja, dat mag", "Ga naar de wachtkamer"):
        page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first.click()
    page.wait_for_url("**/wachten")
    waiting, cookies = page.url, list(context.cookies())
    context.close()
    return waiting, cookies


def _weight(
    browser: Browser, name: str, address: str, cookies: list[Any], script_budget: int = SCRIPT_BUDGET
) -> Iterator[dict[str, Any]]:
    """Headers and bodies as they came over the wire, until the network has been quiet for half a second."""
    context = browser.new_context(locale="nl", permissions=["camera", "microphone"])
    context.add_cookies(cookies)
    page = context.new_page()
    sizes = _listen(page)
    page.goto(address, wait_until="networkidle" if name != "waiting" else "load")
    if name == "waiting":  # asks every two seconds, so it is never quiet for long
        page.wait_for_event("request", lambda request: "staat=" in request.url)
    context.close()
    scripts = sum(size for url, size in sizes if url.endswith(".js") and VENDORED not in url)
    total = sum(size for url, size in sizes if "staat=" not in url)
    weight = {"name": f"pages.{name}_bytes", "value": total, "unit": "B"}
    yield weight if name == "call" else {**weight, "budget": PAGE_BUDGET}
    yield {"name": f"pages.{name}_script_bytes", "value": scripts, "unit": "B", "budget": script_budget}


def _listen(page: Page) -> list[tuple[str, int]]:
    urls: dict[str, str] = {}
    sizes: list[tuple[str, int]] = []
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")

    def asked(event: dict[str, Any]) -> None:
        if "redirectResponse" in event:
            sizes.append((urls[event["requestId"]], int(event["redirectResponse"]["encodedDataLength"])))
        urls[event["requestId"]] = event["request"]["url"]

    wire.on("Network.requestWillBeSent", asked)
    wire.on(
        "Network.loadingFinished",
        lambda event: sizes.append((urls.get(event["requestId"], ""), int(event["encodedDataLength"]))),
    )
    return sizes


def _speed(url: str, folder: str) -> dict[str, Any]:
    """Both by the same server with the same settings, in turns, so that a busy machine hits both."""
    with urllib.request.urlopen(url + "/") as answer:
        page = answer.read().decode()
    bare = Path(folder, "bare")
    bare.mkdir()
    template = "{% set page %}{% raw %}" + page + "{% endraw %}{% endset %}{{ page }}<!-- {{ greeting }} -->"
    (bare / "page.html").write_text(template)
    with _gunicorn(
        "tests.bench._bare_page:create_app()", DATA_DIR=str(Path(folder, "none")), BARE_PAGE=str(bare)
    ) as bare_url:
        ours, baseline = [], []
        for _ in range(ROUNDS):
            baseline.append(_pages_per_s(bare_url))
            ours.append(_pages_per_s(url))
    value, compared = statistics.median(ours), statistics.median(baseline)
    return {
        "name": "pages.start_per_s",
        "value": round(value),
        "unit": "1/s",
        "baseline": round(compared),
        "ratio": round(value / compared, 2),
    }


def _pages_per_s(url: str) -> float:
    """Keep-alive connections that ask again as soon as they are answered."""
    host, port = url.removeprefix("http://").split(":")
    request = f"GET / HTTP/1.1\r\nHost: {host}:{port}\r\nAccept-Language: nl\r\n\r\n".encode()
    answered: list[int] = []
    begin = time.perf_counter()

    def ask() -> None:
        count = 0
        with socket.create_connection((host, int(port)), 10) as connection:
            while time.perf_counter() - begin < ROUND_S:
                connection.sendall(request)
                _read_answer(connection)
                count += 1
        answered.append(count)

    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(answered) / (time.perf_counter() - begin)


def _read_answer(connection: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536) or _gone()
    head, body = data.split(b"\r\n\r\n", 1)
    assert head.startswith(b"HTTP/1.1 200"), head[:80]
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    got = len(body)
    while got < length:
        got += len(connection.recv(65536) or _gone())


def _gone() -> bytes:
    raise ConnectionError("the server hung up")


@contextlib.contextmanager
def _gunicorn(app: str, **environment: str) -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "python:app.gunicorn_conf", app],
        cwd=ROOT,
        env={**os.environ, "PORT": str(port), "SEATS": "8", **environment},
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), urllib.request.urlopen(url + "/", timeout=5):
                break
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{app} does not serve")
            time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait(20)


BENCHMARKS = {"pages": measure}
