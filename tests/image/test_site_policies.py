"""The policies as rendered for a site, and the command that writes them."""

import json
from pathlib import Path

from click.testing import CliRunner

from app.cli import cli
from app.kiosk.device.policies import common_policies, managed_policies
from app.kiosk.device.site import Site


def test_addresses_are_exact() -> None:
    site = Site.parse("https://balie.example.nl", ("https://pay.example.nl:8443",))
    policies = managed_policies(site, common_policies())
    assert policies["URLAllowlist"] == [
        "http://127.0.0.1:8180", "https://.balie.example.nl:443", "https://.pay.example.nl:8443"
    ]  # fmt: skip
    camera = ["http://127.0.0.1:8180", "https://balie.example.nl:443"]
    assert policies["VideoCaptureAllowedUrls"] == policies["AudioCaptureAllowedUrls"] == camera
    assert policies["LoopbackNetworkAllowedForUrls"] == ["https://balie.example.nl:443"]
    assert policies["NewTabPageLocation"] == "http://127.0.0.1:8180/"


def test_a_star_does_not_cover_what_is_chromiums_own() -> None:
    shut = common_policies()["URLBlocklist"]
    assert {
        "*",
        "chrome://*",
        "chrome-untrusted://*",
        "chrome-extension://*",
        "devtools://*",
        "file://*",
    } <= set(shut)


def test_nothing_of_a_site_stands_in_the_common_part() -> None:
    assert not common_policies().keys() & {"URLAllowlist", "VideoCaptureAllowedUrls", "HomepageLocation"}


def test_the_command_writes_them_whole_or_not_at_all(tmp_path: Path) -> None:
    to = tmp_path / "managed" / "wijkbalie.json"
    said = CliRunner().invoke(
        cli,
        ["terminal-policies", "--server", "https://balie.example.nl", "--to", str(to)],
        catch_exceptions=False,
    )
    assert said.exit_code == 0, said.output
    assert json.loads(to.read_text())["URLAllowlist"][1] == "https://.balie.example.nl:443"
    before = to.read_text()
    wrong = CliRunner().invoke(
        cli, ["terminal-policies", "--server", "http://balie.example.nl", "--to", str(to)]
    )
    assert wrong.exit_code == 2
    assert "https://balie.example.nl" in wrong.output
    assert to.read_text() == before
    assert [path.name for path in to.parent.iterdir()] == ["wijkbalie.json"]
    assert to.stat().st_mode & 0o777 == 0o644, "the browser's user reads it"
