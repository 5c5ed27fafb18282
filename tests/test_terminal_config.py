"""A terminal's settings: right by default, and refused where they would open the terminal to others."""

from pathlib import Path

import pytest

from app.terminal_config import BadSetting, TerminalSettings


def settings(data_dir: Path, **env: str) -> TerminalSettings:
    return TerminalSettings.from_env({"DATA_DIR": str(data_dir), **env})


def test_defaults_serve_a_terminal_beside_a_desk(tmp_path: Path) -> None:
    made = settings(
        tmp_path, BASE_URL="https://x.example", SPEECH_SOCKET="/desk.sock", SPEECH_REDIS="redis://x"
    )
    assert made.own_url == "http://127.0.0.1:8180"
    assert made.desk.base_url == made.own_url
    assert made.desk.speech_socket.name == "terminal-speech.sock"
    assert made.desk.speech_redis == ""
    assert made.agent_socket == tmp_path / "run" / "agent.sock"
    assert (made.idle_s, made.idle_count_s) == (90, 30)


def test_a_slow_machine_may_take_its_time_to_start(tmp_path: Path) -> None:
    assert settings(tmp_path).desk.ready_within_s == 120
    assert settings(tmp_path, READY_WITHIN_S="1200").desk.ready_within_s == 1200
    with pytest.raises(BadSetting, match="READY_WITHIN_S"):
        settings(tmp_path, READY_WITHIN_S="soon")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "::", "zuil.example"])  # noqa: S104
def test_nobody_else_can_reach_it(tmp_path: Path, host: str) -> None:
    with pytest.raises(BadSetting, match="HOST"):
        settings(tmp_path, HOST=host)


@pytest.mark.parametrize(
    "url",
    [
        "balie.example",
        "ftp://balie.example",
        "https://balie.example/pad",
        "https://user@balie.example",
        "https://balie.example?x=1",
        "https://balie.example; script-src *",
        "https://*",
    ],
)
def test_the_municipalitys_address_is_an_origin(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadSetting, match="SERVER_URL"):
        settings(tmp_path, SERVER_URL=url)


@pytest.mark.parametrize(("name", "value"), [("IDLE_S", "0"), ("IDLE_COUNT_S", "x"), ("PORT", "99999")])
def test_what_cannot_be_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSetting):
        settings(tmp_path, **{name: value})
