"""Odd addresses, headers, hosts, methods and bodies: each is met kindly, and nothing breaks."""

from collections.abc import Iterator
from html import unescape

import pytest

from tests.integration.test_protection import House, Migrated, policy


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, migrated: Migrated) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("odd"), migrated("sqlite"), base_url="https://balie.example")
    house.app.config["PROPAGATE_EXCEPTIONS"] = False  # as when it is served
    yield house
    house.close()


ODD_PATHS = [
    "/%00", "/l/%00%ff", "/gesprek/%ED%A0%80/", "/%ff%fe", "/voorlezen/%00.wav", "/assets/%00/%00", "/gallery/%ff",
    "/assets/x/..%2f..%2fconfig.py", "/assets/x/../../config.py", "/" + "a/" * 3_000, "/gesprek/" + "x" * 6_000 + "/",
    "/?" + "a=1&" * 20_000, "/?next=" + "%00" * 2_000, "/voorkeuren?next=%ED%A0%80", "/desk/inloggen?next=%00%ff",
    "/gallery?theme=%00../../etc", "/?" + "&" * 10_000, "/contact?%ff=%fe", "//evil.example/", "/\\evil", "/.env",
    "/sockets/gesprek/%00", "/sockets/geluid/x",
]  # fmt: skip


@pytest.mark.parametrize("path", ODD_PATHS, ids=lambda path: path[:30])
def test_an_odd_address_never_breaks_the_desk(house: House, path: str) -> None:
    for browser in (house.browser("ar"), house.guest("nl")[0], house.signed_in()):
        answer = browser.get(path)
        assert answer.status_code < 500, answer.status_code
        assert not (answer.location or "").startswith(("//", "http", "\\")), answer.location
    while seats := house.conversations.conversation(house.demo.conversation_id).seats:
        house.conversations.leave(seats[0].id)


@pytest.mark.parametrize(
    "header",
    [
        ("Accept-Language", "x" * 8_000), ("Accept-Language", "ar;q=٣, \xff"), ("Accept-Language", ",;q=,;;=" * 500),
        ("Cookie", "wijkbalie_session=\xff\x00"), ("Cookie", "wijkbalie_language=../../x; wijkbalie_preferences=%00"),
        ("Cookie", ";" * 5_000), ("Accept", "\xff/\xfe;q=x"), ("Accept-Encoding", "br;q=nan, \xff"),
        ("If-Modified-Since", "the day before"), ("If-None-Match", "\xff"), ("Range", "bytes=9-1,x"),
        ("Content-Length", "-1"), ("Content-Length", "x"), ("Transfer-Encoding", "chunked, gzip"),
        ("X-Forwarded-For", "<script>"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "gopher"),
        ("Referer", "javascript:x"), ("Origin", "null"), ("HX-Request", "\xff"), ("Authorization", "Basic \xff"),
    ],
    ids=str,
)  # fmt: skip
def test_an_odd_header_never_breaks_the_desk(house: House, header: tuple[str, str]) -> None:
    name, value = header
    key = name.upper().replace("-", "_")
    environ = {key if key.startswith("CONTENT") else f"HTTP_{key}": value}
    for path in ("/", "/contact", "/desk/inloggen", "/assets/x/accessible_ui/start.js"):
        answer = house.browser().client.get(path, environ_overrides=environ)
        assert answer.status_code < 500
        assert b"evil.example" not in answer.get_data() + str(answer.headers).encode()


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "x; script-src *",
        "a b",
        "\xff",
        "",
        "[::1",
        "x:y",
        "balie.example\r\nX: y",
        "x" * 5_000,
    ],
)
def test_an_odd_host_gets_no_say(house: House, host: str) -> None:
    answer = house.browser().get("/", environ_overrides={"HTTP_HOST": host})
    assert answer.status_code in (200, 400)
    if "Content-Security-Policy" in answer.headers:
        assert policy(answer)["script-src"] == {"'self'"}
        assert answer.headers["Content-Security-Policy"].count("script-src") == 1
    link = house.signed_in().get(
        f"/desk/gesprekken/{house.demo.conversation_id}", environ_overrides={"HTTP_HOST": host}
    )
    assert f"http://{host}/l/" not in link.get_data(as_text=True)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "DELETE", "PUT", "PATCH", "X" * 300])
def test_an_odd_method_is_refused_kindly(house: House, method: str) -> None:
    for path in ("/", "/desk/inloggen", "/taal", "/gesprek/x/meedoen", "/assets/x/accessible_ui/start.js"):
        answer = house.browser("ar").client.open(path, method=method)
        assert answer.status_code == 405, path
        assert house.problem(405, "ar") in unescape(answer.get_data(as_text=True))


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{"), ("application/json", b"\xff\xfe"), ("application/json", b"[" * 60_000),
        ("application/x-www-form-urlencoded", b"\xff=%ff&%=%&&=" * 50), ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=", b"--"), ("multipart/form-data; boundary=x", b"--x\r\n\r\n\xff\r\n--x"),
        ("text/plain; charset=klingon", b"x"), ("application/x-www-form-urlencoded; charset=utf-16", b"a=b"),
        ("\xff", b"x"), ("", b"\x00" * 100),
    ],
)  # fmt: skip
def test_an_odd_body_is_refused_kindly(house: House, content_type: str, body: bytes) -> None:
    house.app.config["WTF_CSRF_ENABLED"] = False  # so that the body is looked at
    try:
        for path in ("/taal", "/voorlezen", "/desk/inloggen", "/voorkeuren"):
            environ = {"CONTENT_TYPE": content_type}
            answer = house.browser().client.post(path, data=body, environ_overrides=environ)
            assert answer.status_code in (303, 400, 413, 415, 422), f"{path}: {answer.status_code}"
    finally:
        house.app.config["WTF_CSRF_ENABLED"] = True
