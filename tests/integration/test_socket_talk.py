"""A talk over real sockets: gunicorn, flask-sock, four browsers' worth of clients."""

from collections.abc import Iterator

import pytest

from tests.integration.socket_server import SocketServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SocketServer]:
    server = SocketServer(tmp_path_factory.mktemp("sockets") / "log.txt")
    server.start()
    yield server
    server.stop()
    assert "Traceback" not in server.log()


def test_two_people_find_each_other(server: SocketServer) -> None:
    talk = server.start_conversation()
    employee = talk.employee.join("employee-page")
    assert employee.welcome["may"] == ["admit", "mute", "remove", "end"]
    assert employee.welcome["ice_servers"][1]["username"].endswith(talk.employee.seat)
    citizen = talk.citizen.join("citizen-page")
    assert citizen.welcome["may"] == []
    assert [p["presence"] for p in citizen.welcome["participants"]] == ["connected", "connected"]
    employee.expect_presence(talk.citizen.seat, "connected")

    employee.send(
        "offer", to=talk.citizen.seat, epoch="citizen-page", description={"type": "offer", "sdp": "v=0\r\n"}
    )
    offer = citizen.expect("offer")
    assert offer == {
        "type": "offer",
        "from": talk.employee.seat,
        "description": {"type": "offer", "sdp": "v=0\r\n"},
    }
