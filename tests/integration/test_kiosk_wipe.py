"""A visit leaves traces of every kind; they are there without the wipe, and found nowhere after it.

The control ends the browser kindly and starts it again on the same profile, as a kiosk does that only restarts.
"""

import contextlib
import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app.kiosk.device.browser import Browser
from app.kiosk.device.wipe import wipe
from tests.desk import ROOT
from tests.kiosk_trial import KioskTrial, cdp_page
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

KINDS = ("cookie", "local", "session", "database", "cache", "http", "history", "download", "print")
"""What can be looked for on a disk."""
SEED = """async (words) => {
  document.cookie = `${words.cookie}=1; max-age=86400; path=/`;
  localStorage.setItem("word", words.local);
  sessionStorage.setItem("word", words.session);
  const cache = await caches.open("words");
  await cache.put("/word", new Response(words.cache));
  await (await fetch(`/kept?${words.http}`)).text();
  const open = indexedDB.open("words", 1);
  await new Promise((resolve, reject) => {
    open.onupgradeneeded = () => open.result.createObjectStore("words");
    open.onerror = reject;
    open.onsuccess = () => {
      const change = open.result.transaction("words", "readwrite", {durability: "strict"});
      change.objectStore("words").put(words.database, "word");
      change.oncomplete = resolve;
    };
  });
  const line = document.createElement("p");
  line.className = "caption";
  line.textContent = words.caption;
  document.querySelector("main").append(line);
  await navigator.clipboard.writeText(words.clipboard);
}"""
READ = """async () => {
  const found = {};
  found.cookie = document.cookie;
  found.local = localStorage.getItem("word");
  const kept = await caches.match("/word");
  found.cache = kept ? await kept.text() : null;
  const open = indexedDB.open("words", 1);
  open.onupgradeneeded = () => open.result.createObjectStore("words");
  await new Promise((resolve) => { open.onsuccess = resolve; });
  const asked = open.result.transaction("words").objectStore("words").get("word");
  await new Promise((resolve) => { asked.onsuccess = resolve; });
  found.database = asked.result ?? null;
  found.clipboard = await navigator.clipboard.readText();
  found.caption = document.querySelector(".caption")?.textContent ?? null;
  return found;
}"""


@pytest.fixture
def trial() -> Iterator[KioskTrial]:
    trial = KioskTrial()
    yield trial
    trial.stop()


def new_words() -> dict[str, str]:
    """Found by nobody by chance, in no dictionary of the browser."""
    return {kind: f"{kind}{secrets.token_hex(12)}" for kind in (*KINDS, "caption", "clipboard")}


def visit(trial: KioskTrial, page: Page, words: dict[str, str]) -> None:
    """Leaves every kind of trace."""
    page.goto(f"{trial.url}/visit?{words['history']}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(SEED, words)
    downloads = trial.settings.browser.home / "Downloads"
    page.context.new_cdp_session(page).send(
        "Page.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(downloads)}
    )
    page.evaluate(
        """(name) => {
          const link = document.createElement("a");
          link.href = `/kept?${name}`;
          link.download = `${name}.txt`;
          link.click();
        }""",
        words["download"],
    )
    until(lambda: (downloads / f"{words['download']}.txt").exists(), "the download did not come")
    (trial.spool / "d00001-001").write_text(words["print"])


def found_on_disk(trial: KioskTrial, words: dict[str, str]) -> set[str]:
    """Kinds of which a trace is anywhere in the browser's folders, the terminal's data, or what its user owns."""
    found: set[str] = set()
    for place in (*trial.settings.place.emptied, trial.spool, trial.settings.data_dir, *_owned(trial.uid)):
        for path in (place, *place.rglob("*")):
            found |= {kind for kind, word in words.items() if word in path.name}
            if path.is_file() and not path.is_symlink():
                found |= _kinds_in(path.read_bytes(), words)
    return found


def _kinds_in(content: bytes, words: dict[str, str]) -> set[str]:
    """Chromium keeps some texts with 16 bits a letter."""
    return {
        kind
        for kind, word in words.items()
        if word.encode() in content or word.encode("utf-16-le") in content
    }


def _owned(uid: int | None) -> tuple[Path, ...]:
    if uid is None:
        return ()
    told = subprocess.run(
        ["find", "/tmp", "/var/tmp", "/dev/shm", "-xdev", "-uid", str(uid)],  # noqa: S108
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return tuple(Path(line) for line in told.stdout.splitlines())


def found_in_memory(trial: KioskTrial, words: dict[str, str]) -> set[str]:
    """Kinds of which a trace is in the memory of any process of the browser's user."""
    found: set[str] = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"Uid:\t{trial.uid}\t" in (folder / "status").read_text():
                for part in _memory(folder):
                    found |= _kinds_in(part, words)
    return found


def _memory(folder: Path) -> Iterator[bytes]:
    """What a process could have changed, without the gigabytes that it only reserved."""
    with (folder / "mem").open("rb", 0) as memory:
        for line in (folder / "maps").read_text().splitlines():
            span, rights, *_ = line.split()
            begin, end = (int(each, 16) for each in span.split("-"))
            if rights.startswith("rw") and end - begin <= 64 << 20:
                with contextlib.suppress(OSError, ValueError):
                    memory.seek(begin)
                    yield memory.read(end - begin)


def close_kindly(page: Page) -> None:
    """As a restart does: all is written down first."""
    browser = page.context.browser
    assert browser
    browser.new_browser_cdp_session().send("Browser.close")


def test_control_a_mere_restart_keeps_everything(trial: KioskTrial) -> None:
    words, gone = new_words(), []
    server = subprocess.Popen(trial.server_command, cwd=ROOT, stderr=subprocess.DEVNULL)
    browser = Browser(trial.settings.browser, gone.append)
    try:
        until(lambda: trial.server_answers(), "the local server did not come")
        browser.start()
        with cdp_page(trial.settings.browser.profile) as page:
            visit(trial, page, words)
            now = page.evaluate(READ)
            assert {now["clipboard"], now["caption"]} == {words["clipboard"], words["caption"]}
            if trial.uid is not None:
                assert found_in_memory(trial, {"caption": words["caption"]})
            close_kindly(page)
        until(lambda: gone, "the browser did not end")
        assert set(KINDS) - {"session"} <= found_on_disk(trial, words), "the wipe's test could not fail"

        (trial.settings.browser.profile / "DevToolsActivePort").unlink()
        browser.start()
        with cdp_page(trial.settings.browser.profile) as page:
            page.goto(f"{trial.url}/visit")
            page.context.grant_permissions(["clipboard-read", "clipboard-write"])
            kept = page.evaluate(READ)
        assert words["cookie"] in kept["cookie"]
        assert [kept[kind] for kind in ("local", "cache", "database")] == [
            words[kind] for kind in ("local", "cache", "database")
        ]
    finally:
        wipe(trial.settings.place)
        server.kill()
        server.wait()


def test_after_the_wipe_nothing_is_found_anywhere(trial: KioskTrial) -> None:
    words = new_words()
    trial.start()
    with trial.page() as page:
        visit(trial, page, words)
        before = page.evaluate(READ)
        assert words["cookie"] in before["cookie"]
        assert before["clipboard"] == words["clipboard"]
    assert found_on_disk(trial, words), "nothing was left that could be wiped"

    trial.wipe()

    assert found_on_disk(trial, words) == set()
    if trial.uid is not None:
        assert found_in_memory(trial, words) == set()
    with trial.page() as page:
        assert page.url == trial.settings.face_url
        page.goto(f"{trial.url}/visit")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        after = page.evaluate(READ)
        assert page.evaluate("history.length") <= 2
    assert after == {
        "cookie": "", "local": None, "cache": None, "database": None, "clipboard": "", "caption": None
    }  # fmt: skip
    assert trial.state()["restarts"] == 0
    assert not any(word in trial.log for word in words.values())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give the browser a user of its own")
def test_what_the_browsers_user_started_ends_and_what_it_wrote_elsewhere_goes(trial: KioskTrial) -> None:
    """Also a process that left its group and session, and a file beside ours in a shared folder."""
    trial.start()
    beside = subprocess.Popen(["sleep", "600"], start_new_session=True)
    stray = subprocess.Popen(["sleep", "600"], start_new_session=True, user=trial.uid, group=trial.uid)
    hidden = Path("/dev/shm", f"stray-{secrets.token_hex(8)}")  # noqa: S108  that it is shared is the point
    ours = hidden.with_suffix(".ours")
    hidden.write_text("x")
    os.chown(hidden, trial.uid or 0, trial.uid or 0)
    ours.write_text("x")
    try:
        trial.wipe()
        assert stray.wait(5) == -9
        assert beside.poll() is None
        assert not hidden.exists()
        assert ours.exists()
    finally:
        beside.kill()
        stray.kill()
        beside.wait()
        ours.unlink()
