"""The terminal's packet filter (nftables) for one site: what the browser's user may reach.

Names are looked up here, by the system; the browser gets the answers as a hosts file and reaches no name server. So the
filter and the browser always mean the same addresses, and names carry nothing out.
"""

import ipaddress
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from app.kiosk.device.site import BadAddress, Origin, Site

TEMPLATE = Path(__file__).parents[3] / "kiosk_image" / "nftables" / "terminal.nft"
TURN = re.compile(r"(turns?):([A-Za-z0-9.-]+)(?::([0-9]{1,5}))?(?:\?transport=(udp|tcp))?")
"""RFC 7065, without bare IPv6 addresses."""
LOOK_UP_S = 20

Addresses = Mapping[str, tuple[str, ...]]
"""Of each host name, IPv4 and IPv6."""


@dataclass(frozen=True, slots=True)
class Reached:
    """One thing on the network that the browser may speak to."""

    host: str
    protocol: str
    """tcp or udp."""
    port: int


def reached(site: Site, turn_urls: Iterable[str] = ()) -> tuple[Reached, ...]:
    """turn_urls: as the server's TURN_URLS; by default coturn's usual ports on the server's host. Raises BadAddress."""
    host = site.server.host
    urls = list(turn_urls) or [f"turn:{host}", f"turn:{host}?transport=tcp", f"turns:{host}?transport=tcp"]
    pages = [Reached(origin.host, "tcp", origin.port) for origin in (site.server, *site.listed)]
    return tuple(dict.fromkeys([*pages, *(each for url in urls for each in _relay(url))]))


def _relay(url: str) -> list[Reached]:
    found = TURN.fullmatch(url)
    if not found:
        raise BadAddress(f"{url!r} is no address such as turn:balie.example.nl:3478?transport=udp")
    scheme, host, port, transport = found.groups()
    at = int(port) if port else (5349 if scheme == "turns" else 3478)
    default = "tcp" if scheme == "turns" else "udp"
    return [Reached(host, transport or default, at)]


def fetched(updates_url: str) -> tuple[Reached, ...]:
    """Where releases come from, which need not be the municipality's own server. Raises BadAddress."""
    if not updates_url:
        return ()
    parts = urlsplit(updates_url)
    there = Origin.parse(f"{parts.scheme}://{parts.netloc}")
    return (Reached(there.host, "tcp", there.port),)


def look_up(names: Iterable[str], known: Addresses) -> Addresses:
    """What names mean now. A name that cannot be asked keeps what is known of it: the line may be down."""
    return dict(known) | {name: there for name in names if (there := _asked(name))}


def _asked(name: str) -> tuple[str, ...]:
    """By DNS alone: the hosts file holds our own answer of the last time."""
    try:
        return (str(ipaddress.ip_address(name)),)
    except ValueError:
        pass
    try:
        answer = subprocess.run(
            ["getent", "-s", "dns", "ahosts", name],
            capture_output=True,
            text=True,
            timeout=LOOK_UP_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(sorted({line.split()[0] for line in answer.stdout.splitlines() if line.strip()}))


def packet_filter(
    site: Site,
    things: Iterable[Reached],
    addresses: Addresses,
    browser_user: int,
    template: str,
    fetched: Iterable[Reached] = (),
) -> str:
    """The whole file. A thing whose name has no address yet is shut. fetched: for the system alone, such as updates."""
    filled = {
        "elements4": _elements(things, addresses, 4),
        "elements6": _elements(things, addresses, 6),
        "fetched4": _elements(fetched, addresses, 4),
        "fetched6": _elements(fetched, addresses, 6),
        "face_port": str(site.face.port),
        "browser_user": str(browser_user),
    }
    for name, value in filled.items():
        template = template.replace(f"@{name}@", value)
    return template


def _elements(things: Iterable[Reached], addresses: Addresses, version: int) -> str:
    found = {
        f"{address} . {thing.protocol} . {thing.port}"
        for thing in things
        for address in addresses.get(thing.host, ())
        if ipaddress.ip_address(address).version == version
    }
    return "elements = { " + ", ".join(sorted(found)) + " }" if found else ""


def hosts(addresses: Addresses) -> str:
    """hosts(5): the only names that the browser's user can turn into addresses."""
    lines = ["127.0.0.1 localhost", "::1 localhost"]
    for name, there in sorted(addresses.items()):
        lines += [f"{address} {name}" for address in there if address != name]
    return "\n".join(lines) + "\n"


def load(text: str) -> None:
    """Raises CalledProcessError when the kernel does not take it; what was loaded before then stays."""
    subprocess.run(["nft", "-f", "-"], input=text, text=True, check=True)
