"""Requests of terminals, attacked. Each test first shows that the same request is let in when nobody tampers."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, algorithms
from limits import parse

from app.domain.terminals import CODE_LIFE, Terminal
from app.kiosk.device.key import public_bytes
from app.kiosk.signatures import COVERED, TAG, Message, _OneKey, key_name
from tests.terminal_server import HEARTBEAT, Sender, TerminalServer, terminal

OTHER = {**HEARTBEAT, "version": "6.6.6"}


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[str], str]
) -> Iterator[TerminalServer]:
    server = TerminalServer(tmp_path_factory.mktemp("line"), migrated("sqlite"))
    yield server
    server.close()


@pytest.fixture
def sender(server: TerminalServer) -> Iterator[Sender]:
    yield terminal(server)
    server.ahead = timedelta()


Kept = Callable[[Sender], Terminal]


@pytest.fixture
def kept(server: TerminalServer) -> Kept:
    """The terminal as the server knows it."""
    return lambda sender: server.terminals.terminal(sender.key_id)


def test_an_untouched_request_is_let_in_and_kept(sender: Sender, kept: Kept) -> None:
    assert sender.code(sender.signed()) == ""
    heartbeat = kept(sender).heartbeat
    assert heartbeat is not None
    assert heartbeat.version == "1.4.0"
    assert abs(heartbeat.at - datetime.now(UTC)) < timedelta(minutes=1), (
        "the server's time, not the terminal's"
    )


def body_altered(message: Message) -> None:
    message.body = json.dumps(OTHER).encode()


def body_and_digest_altered(message: Message) -> None:
    from http_message_signatures.digests import ContentDigest

    message.body = json.dumps(OTHER).encode()
    message.headers["Content-Digest"] = ContentDigest.create(message.body)


def path_altered(message: Message) -> None:
    message.url = message.url.replace("/heartbeat", "/profile")


def query_added(message: Message) -> None:
    message.url += "?debug=1"


def path_written_otherwise(message: Message) -> None:
    message.url = message.url.replace("/heartbeat", "/%68eartbeat")


def host_altered(message: Message) -> None:
    message.headers["Host"] = "balie.elders.example"


def time_altered(message: Message) -> None:
    message.headers["Signature-Input"] = re.sub(
        r"created=(\d+)", lambda found: f"created={int(found[1]) + 1}", message.headers["Signature-Input"]
    )


def nonce_altered(message: Message) -> None:
    message.headers["Signature-Input"] = message.headers["Signature-Input"].replace('nonce="', 'nonce="a')


def signature_altered(message: Message) -> None:
    signature = message.headers["Signature"]
    message.headers["Signature"] = signature[:12] + ("A" if signature[12] != "A" else "B") + signature[13:]


def signature_gone(message: Message) -> None:
    del message.headers["Signature"], message.headers["Signature-Input"]


def digest_gone(message: Message) -> None:
    del message.headers["Content-Digest"]


def body_not_covered(message: Message) -> None:
    message.headers["Signature-Input"] = message.headers["Signature-Input"].replace(' "content-digest"', "")


def signed_twice(message: Message) -> None:
    for name in ("Signature", "Signature-Input"):
        message.headers[name] += ", second" + message.headers[name].removeprefix("terminal")


def nonsense(message: Message) -> None:
    message.headers["Signature-Input"] = 'terminal=("@method";created=1;keyid="\udce9'.encode(
        "utf-8", "replace"
    ).decode()


ALTERATIONS = [
    body_altered, body_and_digest_altered, path_altered, query_added, path_written_otherwise, host_altered,
    time_altered, nonce_altered, signature_altered, signature_gone, digest_gone, body_not_covered, signed_twice,
    nonsense,
]  # fmt: skip


@pytest.mark.parametrize("alter", ALTERATIONS, ids=lambda alter: alter.__name__)
def test_a_request_that_was_altered_is_refused(
    sender: Sender, alter: Callable[[Message], None], kept: Kept
) -> None:
    assert sender.code(sender.signed()) == ""
    before = kept(sender)
    message = sender.signed(body={**HEARTBEAT, "restarts": 5})
    alter(message)
    assert sender.code(message) == "bad_signature"
    assert kept(sender) == before


def signed_otherwise(sender: Sender, covered: tuple[str, ...], **options: object) -> Message:
    """By the right key, over other parts than we ask for."""
    message = sender.signed()
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_OneKey(sender.key))
    parameters = {
        "key_id": sender.key_id,
        "nonce": token_urlsafe(18),
        "tag": TAG,
        "label": "terminal",
        **options,
    }
    signer.sign(message, covered_component_ids=covered, use_existing_digest=True, **parameters)
    return message


def test_every_part_must_be_covered(sender: Sender) -> None:
    assert sender.code(signed_otherwise(sender, COVERED)) == ""
    for part in COVERED:
        message = signed_otherwise(sender, tuple(each for each in COVERED if each != part))
        assert sender.code(message) == "bad_signature", part
    assert sender.code(signed_otherwise(sender, (*COVERED, "content-type"))) == "bad_signature", "nor more"


def test_a_signature_for_another_purpose_is_none(sender: Sender) -> None:
    for options in (
        {"tag": "another"},
        {"tag": None},
        {"nonce": "short"},
        {"nonce": None},
        {"nonce": "n" * 65},
    ):
        assert sender.code(signed_otherwise(sender, COVERED, **options)) == "bad_signature", options
    expires = datetime.now(UTC) + timedelta(hours=1)
    assert sender.code(signed_otherwise(sender, COVERED, expires=expires)) == "bad_signature"
    assert sender.code(signed_otherwise(sender, COVERED, label="other")) == "", "a label says nothing"


def test_someone_elses_key_opens_nothing(server: TerminalServer, sender: Sender, kept: Kept) -> None:
    other = terminal(server)
    thief = Sender(server.url, other.key, sender.key_id)
    assert other.code(other.signed()) == ""
    assert thief.code(thief.signed(body=OTHER)) == "bad_signature"
    assert kept(sender).heartbeat is None


def test_an_unknown_terminal_is_told_so(sender: Sender) -> None:
    assert sender.code(sender.signed()) == ""
    for key_id in ("0" * 12, "", "x" * 64, "%00", "key-" + "A" * 43):
        nobody = Sender(sender.url, sender.key, key_id)
        assert nobody.code(nobody.signed()) == "unknown_terminal", key_id


def test_the_same_request_again_is_refused(sender: Sender) -> None:
    message = sender.signed()
    assert sender.code(message) == ""
    assert sender.code(message) == "replayed"
    assert sender.code(sender.signed()) == "", "a new one is let in"


def test_a_nonce_is_one_terminals_own(server: TerminalServer, sender: Sender) -> None:
    other = terminal(server)
    assert sender.code(sender.signed(nonce="n" * 20)) == ""
    assert other.code(other.signed(nonce="n" * 20)) == ""
    assert sender.code(sender.signed(nonce="n" * 20)) == "replayed"


def test_a_forged_request_uses_up_no_nonce(sender: Sender) -> None:
    message = sender.signed(nonce="m" * 20)
    forged = Message(message.method, message.url, {**message.headers}, b"{}")
    assert sender.code(forged) == "bad_signature"
    assert sender.code(message) == ""


@pytest.mark.parametrize(
    ("off_s", "code"),
    [(-118, ""), (117, ""), (-125, "clock_off"), (125, "clock_off"), (10**9, "clock_off")],
)
def test_a_clock_that_is_off(sender: Sender, off_s: int, code: str) -> None:
    _, answer = sender.send(sender.signed(created=datetime.now(UTC) + timedelta(seconds=off_s)))
    assert answer.get("code", "") == code
    told = datetime.fromisoformat(answer["server_time"])
    assert abs(told - datetime.now(UTC)) < timedelta(minutes=1)


def test_an_old_request_is_of_no_use_when_its_nonce_is_forgotten(
    server: TerminalServer, sender: Sender
) -> None:
    from app.storage.purge import RULES, purge

    message = sender.signed(created=datetime.now(UTC) + timedelta(seconds=110))
    assert sender.code(message) == ""
    after = next(rule.after for rule in RULES if rule.name == "nonces of terminals")
    server.ahead = after + timedelta(seconds=1)
    assert purge(server.database, server.now())["nonces of terminals"] >= 1
    assert sender.code(message) == "clock_off"
    server.ahead = after - timedelta(seconds=75)  # forgotten too early, it would be let in
    assert sender.code(message) == ""


def test_a_revoked_key_opens_nothing_any_more(server: TerminalServer, sender: Sender, kept: Kept) -> None:
    assert sender.code(sender.signed()) == ""
    server.terminals.revoke(sender.key_id, server.now())
    before = kept(sender)
    status, answer = sender.send(sender.signed(body=OTHER))
    assert (status, answer["code"]) == (403, "revoked")
    assert kept(sender) == before
    by_key = Sender(server.url, sender.key, key_name(public_bytes(sender.key)))
    assert by_key.code(by_key.signed("/terminal/api/enrolments", {})) == "revoked", (
        "nor does it get a new code"
    )
    thief = Sender(server.url, Ed25519PrivateKey.generate(), sender.key_id)
    assert thief.code(thief.signed()) == "bad_signature", "only the key itself is told that it was revoked"


def test_a_code_only_for_who_holds_the_key(server: TerminalServer) -> None:
    own, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    honest = Sender(server.url, own, key_name(public_bytes(own)))
    assert honest.code(honest.signed("/terminal/api/enrolments", {})) == ""
    liar = Sender(server.url, own, key_name(public_bytes(other)))
    assert liar.code(liar.signed("/terminal/api/enrolments", {})) == "bad_signature"
    assert server.terminals.enrolment_open_until(public_bytes(other), server.now()) is None
    unsigned = honest.signed("/terminal/api/enrolments", {})
    signature_gone(unsigned)
    assert honest.code(unsigned) == "bad_signature"


@pytest.mark.parametrize("name", ["", "key-", "key-" + "A" * 42, "key-" + "!" * 43, "0" * 12])
def test_what_is_no_name_of_a_key(server: TerminalServer, name: str) -> None:
    key = Ed25519PrivateKey.generate()
    nobody = Sender(server.url, key, name)
    assert nobody.code(nobody.signed("/terminal/api/enrolments", {})) == "bad_signature"


def test_two_terminals_never_see_each_others_enrolment(server: TerminalServer) -> None:
    one, two = (
        Sender(server.url, key, key_name(public_bytes(key)))
        for key in (Ed25519PrivateKey.generate() for _ in range(2))
    )
    _, answer = one.send(one.signed("/terminal/api/enrolments", {}))
    assert re.fullmatch(r"[ACDEFHJKMNPRTVWXY34679]{8}", answer["code"])
    assert 590 <= answer["expires_in_s"] <= CODE_LIFE.total_seconds()
    _, state = two.send(two.signed("/terminal/api/enrolments/state", {}))
    assert state == {"state": "expired"}
    _, state = one.send(one.signed("/terminal/api/enrolments/state", {}))
    assert state["state"] == "waiting"
    assert "code" not in state, "told once, to the screen that shows it"


BAD_BODIES = [
    {},
    {**HEARTBEAT, "restarts": -1},
    {**HEARTBEAT, "restarts": True},
    {**HEARTBEAT, "disk_free_bytes": "much"},
    {**HEARTBEAT, "temperature_c": float("nan")},
    {**HEARTBEAT, "clock_skew_s": float("inf")},
    {**HEARTBEAT, "clock_skew_s": 10**400},
    {**HEARTBEAT, "version": "x" * 61},
    {**HEARTBEAT, "version": "a\nb"},
    {**HEARTBEAT, "version": "\ud800"},
    {**HEARTBEAT, "network": "\0"},
    {**HEARTBEAT, "camera": "yes"},
    {**HEARTBEAT, "last_good_paint_at": "yesterday"},
    {**HEARTBEAT, "last_good_paint_at": "0001-01-01T00:00:00+14:00"},
    {**HEARTBEAT, "last_good_paint_at": 5},
]


@pytest.mark.parametrize("body", BAD_BODIES, ids=range(len(BAD_BODIES)))
def test_a_heartbeat_that_cannot_be_is_not_kept(sender: Sender, body: dict[str, object], kept: Kept) -> None:
    status, answer = sender.send(sender.signed(body=body))
    assert (status, answer["code"]) == (400, "bad_body")
    assert answer["field"] in {"body", *HEARTBEAT}
    assert kept(sender).heartbeat is None


def test_a_body_that_is_no_object(sender: Sender) -> None:
    for path in ("/terminal/api/heartbeat", "/terminal/api/self-test"):
        for body in ([], "x", 5, None):
            assert sender.code(sender.signed(path, body)) == "bad_body"  # type: ignore[arg-type]


def test_a_terminal_that_floods_is_stopped_and_no_other(
    tmp_path: Path, migrated: Callable[[str], str]
) -> None:
    server = TerminalServer(tmp_path, migrated("sqlite"), limits=True)
    flooder, other = terminal(server), terminal(server)
    codes = [flooder.code(flooder.signed("/terminal/api/profile", {})) for _ in range(245)]
    assert set(codes[:240]) == {""}
    assert codes[-1] == "too_many"
    assert other.code(other.signed()) == ""
    server.close()


def test_one_address_cannot_keep_us_busy_with_forgeries(
    tmp_path: Path, migrated: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.kiosk.municipal.signed.PER_ADDRESS", parse("20/minute"))
    server = TerminalServer(tmp_path, migrated("sqlite"), limits=True)
    sender = terminal(server)
    thief = Sender(server.url, Ed25519PrivateKey.generate(), sender.key_id)
    assert [thief.code(thief.signed()) for _ in range(22)] == ["bad_signature"] * 20 + ["too_many"] * 2
    server.close()


def test_forged_requests_use_up_nobodys_share(tmp_path: Path, migrated: Callable[[str], str]) -> None:
    server = TerminalServer(tmp_path, migrated("sqlite"), limits=True)
    sender = terminal(server)
    thief = Sender(server.url, Ed25519PrivateKey.generate(), sender.key_id)
    assert {thief.code(thief.signed()) for _ in range(250)} == {"bad_signature"}
    assert sender.code(sender.signed()) == ""
    server.close()


def test_codes_are_not_given_without_end(tmp_path: Path, migrated: Callable[[str], str]) -> None:
    server = TerminalServer(tmp_path, migrated("sqlite"), limits=True)

    def ask() -> str:
        key = Ed25519PrivateKey.generate()
        sender = Sender(server.url, key, key_name(public_bytes(key)))
        return sender.code(sender.signed("/terminal/api/enrolments", {}))

    codes = [ask() for _ in range(12)]
    assert codes == [""] * 10 + ["too_many"] * 2
    server.close()


def test_every_signed_address_needs_no_form_token_and_no_other_does(server: TerminalServer) -> None:
    csrf = server.app.extensions["csrf"]
    exempt = {
        (rule.rule, min((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        for rule in server.app.url_map.iter_rules()
        if f"{(view := server.app.view_functions[rule.endpoint]).__module__}.{view.__name__}"
        in csrf._exempt_views
    }
    assert exempt
    assert all(rule.startswith("/terminal/api/") for rule, _ in exempt)
    client = server.app.test_client()
    for rule, method in exempt:
        assert client.open(rule, method=method, json={}).get_json()["code"] == "bad_signature", rule
