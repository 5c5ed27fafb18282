"""Many rooms at once: nothing is lost, nothing stays behind."""

import pytest

from tests.integration.socket_server import SocketServer
from tests.load.crowd import Crowd
from tests.waiting import until


def test_everything_typed_in_twenty_rooms_arrives(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = SocketServer(tmp_path_factory.mktemp("crowd"), seats=90)
    server.start()
    try:
        crowd = Crowd(server, 20)
        heard = crowd.type(seconds=2, per_room_per_s=4)
        assert len(heard.delays_ms) == heard.expected
        assert server.state()["rooms"] == 20
        crowd.go()
        until(lambda: server.state()["sockets"] == 0, "sockets stay open")
        assert server.state()["threads"] < 2 * 90 + 40, "no thread of a socket stays behind"
    finally:
        assert server.stop() < 10
    assert "Traceback" not in server.log()
