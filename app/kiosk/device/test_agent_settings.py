"""The agent's settings: what the image sets, and what is refused."""

import os
from datetime import time
from pathlib import Path

import pytest

from app.kiosk.device.agent_settings import AgentSettings, BadSetting

IMAGE = {
    "DATA_DIR": "/data/terminal",
    "AGENT_SOCKET": "/run/wijkbalie/agent.sock",
    "PROFILE_DIR": "/run/kiosk/profile",
    "KIOSK_DIR": "/run/kiosk",
    "KIOSK_USER": "902:902",
    "SERVER_USER": "901:900",
    "COMPOSITOR": "cage --",
    "PRINT_SPOOL": "/var/spool/cups",
    "RESTART_SERVER": "systemctl restart wijkbalie-server.service",
    "SERVER_URL": "https://balie.example",
    "PACE": "start_s=240 beacon_s=60",
    "WAKE_AT": "07:30",
}


def test_as_the_image_sets_them() -> None:
    settings = AgentSettings.from_env(IMAGE)
    assert settings.browser.command() == [
        "cage", "--", "chromium", *settings.browser.command()[3:-3],
        "--user-data-dir=/run/kiosk/profile", "--ozone-platform=wayland", "http://127.0.0.1:8180/",
    ]  # fmt: skip
    assert "--kiosk" in settings.browser.command()
    assert "--incognito" not in settings.browser.command()
    assert settings.allowed_uids == {0, os.getuid(), 901}
    assert settings.socket_group == 900
    assert settings.place.uid == 902
    assert {str(folder) for folder in settings.place.emptied} == {
        "/run/kiosk/profile", "/run/kiosk/home", "/run/kiosk/tmp"
    }  # fmt: skip
    assert settings.place.spools == (Path("/var/spool/cups"),)
    assert (settings.pace.start_s, settings.pace.beacon_s, settings.pace.missed) == (240, 60, 3)
    assert settings.wake_at == time(7, 30)


def test_without_a_screen_nothing_is_drawn_for_wayland() -> None:
    settings = AgentSettings.from_env({"DATA_DIR": "/x"})
    assert "--headless=new" in settings.browser.command()
    assert "--ozone-platform=wayland" not in settings.browser.command()
    assert settings.place.uid is None
    assert settings.place.swept == ()


def test_the_browser_gets_nothing_of_our_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPEECH_KEY", "secret")
    monkeypatch.setenv("WLR_RENDERER", "pixman")
    given = AgentSettings.from_env({"DATA_DIR": "/x"}).browser.environment()
    assert "SPEECH_KEY" not in given
    assert given["WLR_RENDERER"] == "pixman"
    assert given["LANG"] == "nl_NL.UTF-8"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("KIOSK_USER", "nobody-of-that-name"),
        ("KIOSK_USER", "0:0"),
        ("SERVER_USER", "nobody-of-that-name"),
        ("SERVER_URL", "balie.example"),
        ("PACE", "start_s=soon"),
        ("PACE", "speed=3"),
        ("PACE", "beacon_s=0"),
        ("WAKE_AT", "morning"),
    ],
)
def test_what_is_refused_and_by_name(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        AgentSettings.from_env({"DATA_DIR": "/x", name: value})
