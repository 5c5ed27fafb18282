"""The rules that every answer keeps, attacked: content policy, headers, cookies, forms, sizes, limits."""

import io
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from flask_babel import force_locale
from werkzeug.test import TestResponse

from app import protection
from app.accessible_ui.errors import PROBLEMS
from app.domain.conversations import Choices, Role, new_token
from tests.employee_desk import EmployeeDesk
from tests.html_checks import CheckedClient, problems_of
from tests.terminal_entry import an_entry

OPEN = [
    "/",
    "/contact",
    "/privacy",
    "/toegankelijkheid",
    "/voorkeuren",
    "/gallery",
    "/desk/inloggen",
    "/no-such",
]
OF_A_GUEST = [
    "",
    "liever-niet",
    "ondertitels",
    "ondertitels/stem",
    "apparaat",
    "wachten",
    "praten",
    "tot-ziens",
]

INLINE = re.compile(r"""<style\b|javascript:|<base\b|http-equiv="(?!refresh" content="\d+")""", re.I)
"""What html_checks does not look for. A page may load itself again, and nothing else."""

Migrated = Callable[[str], str]


class House(EmployeeDesk):
    """The desk with one guest who sits in an admitted talk."""

    def guest(self, language: str = "nl") -> tuple[CheckedClient, str]:
        link = self.conversations.invite(self.demo.conversation_id, Role.RELATIVE, "Noa")
        self.conversations.keep_choices(link.invitation.id, Choices(language, True, language, True))
        seat = self.conversations.take_seat(link.invitation.id)
        browser = self.browser(language)
        home = str(browser.get(f"/l/{link.token}").location)
        self.leaving = seat.id
        return browser, home

    def problem(self, status: int, language: str) -> str:
        """The sentence of that error page, in this language."""
        with self.app.test_request_context(), force_locale(language):
            return str(PROBLEMS[status].text)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, migrated: Migrated) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("protection"), migrated("sqlite"), base_url="https://balie.example")

    yield house
    house.close()


def pages(house: House, language: str) -> Iterator[tuple[str, TestResponse]]:
    browser = house.browser(language)
    for path in OPEN:
        yield path, browser.get(path)
    guest, home = house.guest(language)
    for part in OF_A_GUEST:
        yield home + part, guest.get(home + part)
    house.conversations.leave(house.leaving)
    employee = house.signed_in("sanne", language)
    talk = f"/desk/gesprekken/{house.demo.conversation_id}"
    for path in ("/desk/", "/desk/uiterlijk", talk, talk + "/praten", "/desk/gesprekken/none"):
        yield path, employee.get(path)


def policy(answer: TestResponse) -> dict[str, set[str]]:
    rules = answer.headers["Content-Security-Policy"].split("; ")
    return {name: set(sources) for name, *sources in (rule.split() for rule in rules)}


# --- Policy and headers


@pytest.mark.parametrize("language", ["nl", "ar"])
def test_every_page_is_strict_and_has_nothing_inline(house: House, language: str) -> None:
    seen = 0
    for path, answer in pages(house, language):
        rules = policy(answer)
        everything = set().union(*rules.values())
        assert rules["default-src"] == {"'none'"}, path
        assert not everything & {
            "'unsafe-inline'",
            "'unsafe-eval'",
            "'unsafe-hashes'",
            "*",
            "https:",
            "http:",
        }
        assert rules["frame-ancestors"] == rules["base-uri"] == {"'none'"}
        assert rules["form-action"] == rules["style-src"] == {"'self'"}
        wasm = {"'wasm-unsafe-eval'"} if path.startswith("/desk/") and path.endswith("/praten") else set()
        assert rules["script-src"] == {"'self'"} | wasm, path
        if answer.status_code in (200, 404):
            html = answer.get_data(as_text=True)
            assert not problems_of(html), path  # inline scripts, style= and on…= are among them
            assert not re.search(INLINE, html), path
            seen += 1
    assert seen >= 18, "too few pages were looked at"


def test_the_checks_see_what_is_inline() -> None:
    for bad in ("<p style='color:red'>x</p>", "<p onclick='x()'>x</p>", "<script>x()</script>"):
        assert problems_of(bad), bad


def test_every_answer_carries_the_headers(house: House) -> None:
    browser = house.browser()
    answers = [*(answer for _, answer in pages(house, "nl")), browser.get("/healthz")]
    answers += [browser.client.options("/"), browser.client.put("/"), browser.post("/taal")]
    answers += [browser.get("/desk/"), browser.get("/assets/0/none.js")]
    for answer in answers:
        headers, path = answer.headers, answer.request.path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "no-referrer", path
        assert headers["X-Frame-Options"] == "DENY", path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", path
        assert headers["Strict-Transport-Security"].startswith("max-age=31536000"), path
        assert "no-store" in headers["Cache-Control"], path
        assert {"geolocation=()", "display-capture=()"} <= set(headers["Permissions-Policy"].split(", ")), (
            path
        )
        assert "Access-Control-Allow-Origin" not in headers, path
        assert "python" not in headers.get("Server", "").lower(), path


def test_no_script_asks_where_somebody_is(house: House) -> None:
    """Nothing may even try: no such call in any script of ours."""
    root = protection.Path(protection.__file__).parent
    scripts = [path for path in root.rglob("*.js") if "vendor" not in path.parts]
    assert len(scripts) > 10
    for path in scripts:
        assert not re.search(r"geolocation|\beval\(|new Function\(|\.innerHTML\s*=", path.read_text()), path


def test_sockets_go_to_this_host_alone_and_encrypted(house: House) -> None:
    answer = house.browser().get("/", base_url="http://balie.example")  # a proxy spoke TLS for us
    assert policy(answer)["connect-src"] == {"'self'", "wss://balie.example"}


def test_a_terminals_session_may_also_reach_its_own_face_and_no_other_session_may(house: House) -> None:
    browser = house.browser()

    def reaches(terminal: object) -> set[str]:
        with browser.client.session_transaction() as session:
            session["terminal"] = terminal
        return policy(browser.get("/"))["connect-src"] - {"'self'", "ws://localhost", "wss://localhost"}

    place = an_entry(house.database)
    del place["face"]
    assert reaches({**place, "face": "http://127.0.0.1:8180"}) == {"http://127.0.0.1:8180"}
    odd = ["", "*", "https:", "http://127.0.0.1:8180 *", "http://127.0.0.1:8180; script-src *"]
    odd += ["http://127.0.0.1.evil.example:80", "http://localhost:8180", "http://127.0.0.1:8180/\n"]
    for terminal in (None, "t1", [], place, *({**place, "face": face} for face in (3, None, *odd))):
        assert reaches(terminal) == set(), terminal


# --- Cookies


@pytest.mark.parametrize("secure", [True, False])
def test_cookies_are_kept_from_scripts_and_other_sites(
    tmp_path_factory: pytest.TempPathFactory, migrated: Migrated, secure: bool
) -> None:
    url = "https://balie.example" if secure else "http://127.0.0.1:8000"
    desk = EmployeeDesk(tmp_path_factory.mktemp("cookies"), migrated("sqlite"), base_url=url)
    browser = desk.browser()
    token = desk.demo.links[Role.CITIZEN]
    answers = [
        browser.get(f"/l/{token}"),
        browser.submit("/taal", {"language": "ar"}, page="/"),
        browser.submit("/voorkeuren", {"text_size": "150"}, page="/voorkeuren"),
    ]
    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert len({cookie.split("=")[0] for cookie in cookies}) == 3
    for cookie in cookies:
        flags = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "samesite=lax", "path=/"} <= flags, cookie
        assert ("secure" in flags) == secure, cookie
        assert not any(flag.startswith("domain") for flag in flags), cookie
        assert token not in cookie
    desk.close()


# --- Forms


@pytest.mark.parametrize("language", ["nl", "ar"])
@pytest.mark.parametrize("token", [None, "", "made up", "x" * 20_000, "\x00"])
def test_no_form_works_without_its_token(house: House, language: str, token: str | None) -> None:
    browser = house.signed_in("sanne", language)
    before = house.conversations.conversation(house.demo.conversation_id)
    forms = {"language": "en", "role": "relative", "service_type": "1"}
    if token is not None:
        forms["csrf_token"] = token
    rules = [
        rule
        for rule in house.app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        # A terminal has no form, but a key: test_terminal_attacks.py.
        and not getattr(house.app.view_functions[rule.endpoint], "needs_signature", False)
    ]
    names = {
        "conversation_id": before.id,
        "invitation_id": before.invitations[0].id,
        "kind": "term",
        "word_id": "1",
        "call_back_id": "8b0c7f0e-5f0e-4c7e-9d3c-5b1d2f3a4e5d",
        "terminal_id": "1",
        "token": "1",
    }
    tried = 0
    for rule in rules:
        path = re.sub(r"<(\w+)>", lambda match: names[match[1]], rule.rule)
        answer = browser.post(path, forms)
        assert answer.status_code == 400, path
        html = unescape(answer.get_data(as_text=True))
        assert f'lang="{language}"' in html, path
        assert "tel:14010" in html or 'href="/' in html, f"{path}: no way on"
        assert "CSRF" not in html, path
        tried += 1
    assert tried >= 14
    assert house.conversations.conversation(before.id) == before
    assert browser.get("/desk/").status_code == 200, "not signed out either"


# --- Sizes


@pytest.mark.parametrize("language", ["nl", "ar"])
@pytest.mark.parametrize("path", ["/taal", "/desk/inloggen", "/voorkeuren"])
def test_what_is_too_large_is_refused_kindly(house: House, path: str, language: str) -> None:
    browser = house.browser(language)
    fields: list[dict[str, Any]] = [
        {"data": b"x=" + b"y" * 300_000, "content_type": "application/x-www-form-urlencoded"},
        {"data": {"x": "y" * 70_000}, "content_type": "multipart/form-data"},
        {"data": {"x": (io.BytesIO(b"y" * 300_000), "big.pdf")}, "content_type": "multipart/form-data"},
        {"data": {f"x{n}": "y" for n in range(200)}, "content_type": "multipart/form-data"},
    ]
    for body in fields:
        answer = browser.client.post(path, **body)
        assert answer.status_code == 413, body["content_type"]
        html = unescape(answer.get_data(as_text=True))
        assert house.problem(413, language) in html
        assert f'lang="{language}"' in html


def test_too_large_a_text_to_read_aloud_is_refused(house: House) -> None:
    browser = house.browser()
    page = browser.get("/", base_url="https://localhost").get_data(as_text=True)
    found = re.search(r'data-token="([^"]+)"|name="csrf_token" value="([^"]+)"', page)
    assert found
    headers = {"X-CSRF-Token": found[1] or found[2], "Referer": "https://localhost/"}
    answer = browser.client.post(
        "/voorlezen",
        json={"text": "x" * 100_000, "language": "nl"},
        headers=headers,
        base_url="https://localhost",
    )
    assert answer.status_code == 413
    assert answer.json == {"code": "too_large", "text": house.problem(413, "nl")}


# --- Limits


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory, migrated: Migrated) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("limits"), migrated("sqlite"), limits=True)
    yield house
    house.close()


@pytest.mark.parametrize("language", ["nl", "en", "ar"])
def test_too_fast_is_told_in_the_readers_language(limited: House, language: str) -> None:
    limiter = limited.app.extensions["wijkbalie_limiter"]
    tries: dict[str, Callable[[CheckedClient], TestResponse]] = {
        "desk.sign_in": lambda browser: browser.post("/desk/inloggen"),
        "visitor.open_link": lambda browser: browser.get(f"/l/{new_token()}"),
        "read_aloud.speak": lambda browser: browser.post("/voorlezen"),
        "read_aloud.page_sound": lambda browser: browser.get("/voorlezen/x.wav"),
    }
    limited.app.config["WTF_CSRF_ENABLED"] = False  # the count alone is tested
    for endpoint, ask in tries.items():
        limiter.reset()
        allowed = int(protection.LIMITS[endpoint].split("/")[0])
        browser = limited.browser(language)
        for _ in range(allowed):
            assert ask(browser).status_code != 429, endpoint
        answer = ask(browser)
        assert answer.status_code == 429, endpoint
        html = unescape(answer.get_data(as_text=True))
        assert f'lang="{language}"' in html, endpoint
        assert 'href="/' in html
        assert "per 1 minute" not in html, "the library's own words"
        if endpoint != "visitor.open_link":  # which has a page of its own
            assert limited.problem(429, language) in html
        assert limited.browser(language).get("/").status_code == 200, "the rest stays open"


def test_every_limit_names_a_real_place(limited: House) -> None:
    assert protection.LIMITS.keys() <= limited.app.view_functions.keys()
