"""Chromium's managed policies for one site: what the browser of a terminal may do, and where.

What holds everywhere stands in kiosk_image/policies/chromium.json; what names addresses is made here.
Policies: https://chromeenterprise.google/policies/ ; measured in docs/change/terminal-lockdown.md.
"""

import json
from pathlib import Path
from typing import Any

import click

from app.kiosk.device.site import FACE, BadAddress, Origin, Site
from app.kiosk.device.written import write_whole

COMMON = Path(__file__).parents[3] / "kiosk_image" / "policies" / "chromium.json"
MANAGED = Path("/etc/chromium/policies/managed/wijkbalie.json")


def managed_policies(site: Site, common: dict[str, Any]) -> dict[str, Any]:
    """All of them. Camera and microphone open without a question for talks (the server) and tests (the face)."""
    talks = [_pattern(site.face), _pattern(site.server)]
    return {
        **common,
        "URLAllowlist": [_filter(origin) for origin in (site.face, site.server, *site.listed)],
        "AudioCaptureAllowedUrls": talks,
        "VideoCaptureAllowedUrls": talks,
        # A talk's page tells the face that it lives. Nobody else reaches into the terminal or the library's network.
        "LoopbackNetworkAllowedForUrls": [_pattern(site.server)],
        "LocalNetworkAccessBlockedForUrls": ["*"],
        "HomepageLocation": f"{site.face}/",
        "NewTabPageLocation": f"{site.face}/",
    }


def common_policies(path: Path = COMMON) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def _pattern(origin: Origin) -> str:
    """This host alone, this port alone: https://chromeenterprise.google/policies/url-patterns/"""
    return f"{origin.scheme}://{origin.host}:{origin.port}"


def _filter(origin: Origin) -> str:
    """A dot before the host shuts out subdomains: https://chromium.org/administrators/url-blocklist-filter-format"""
    dot = "" if origin.is_number else "."
    return f"{origin.scheme}://{dot}{origin.host}:{origin.port}"


@click.command()
@click.option("--server", required=True, help="The municipality's address, https://…")
@click.option(
    "--listed", multiple=True, help="One more origin that citizens may be sent to; may be repeated."
)
@click.option("--face", default=FACE, show_default=True, help="The terminal's own pages.")
@click.option("--common", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=COMMON)
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), default=MANAGED, show_default=True)
def policies_command(server: str, listed: tuple[str, ...], face: str, common: Path, to: Path) -> None:
    """Write the browser's policies for this terminal."""
    try:
        site = Site.parse(server, listed, face)
    except BadAddress as problem:
        raise click.BadParameter(str(problem)) from problem
    write_whole(to, json.dumps(managed_policies(site, common_policies(common)), indent=1) + "\n")
    click.echo(str(to))
