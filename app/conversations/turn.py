"""STUN and TURN for the browsers, with coturn credentials that expire."""

import base64
import hashlib
import hmac
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

log = logging.getLogger("wijkbalie.sockets")

LIFETIME_S = 12 * 3600
"""Longer than a talk: coturn checks the time again at each allocation and refresh."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How one browser may reach the others."""

    servers: Sequence[dict[str, Any]] = ()
    """RTCConfiguration.iceServers."""
    policy: Literal["all", "relay"] = "all"
    """RTCConfiguration.iceTransportPolicy (WebRTC 1.0, 4.2.4). relay: through TURN only."""


@dataclass(frozen=True, slots=True)
class IceServers:
    """turn_secret: coturn's static-auth-secret; never leaves the server."""

    stun_urls: Sequence[str] = ()
    turn_urls: Sequence[str] = ()
    turn_secret: str = ""
    now: Callable[[], float] = time.time

    def ways(self, participant_id: str, *, at_terminal: bool) -> Ways:
        """A library's terminal reaches the municipality's relay and nothing else: its packet filter holds that.

        Without a relay "relay" could never connect, so then a terminal, too, tries all.
        """
        relayed = at_terminal and bool(self.turn_urls and self.turn_secret)
        if at_terminal and not relayed:
            log.warning("a terminal is in a talk and TURN_URLS or TURN_SECRET is not set: it has no relay")
        return Ways(self.for_participant(participant_id), "relay" if relayed else "all")

    def for_participant(self, participant_id: str) -> list[dict[str, Any]]:
        """RTCConfiguration.iceServers.

        Credentials: https://datatracker.ietf.org/doc/html/draft-uberti-behave-turn-rest-00, section 2.2.
        """
        servers: list[dict[str, Any]] = []
        if self.stun_urls:
            servers.append({"urls": list(self.stun_urls)})
        if self.turn_urls and self.turn_secret:
            user = f"{int(self.now()) + LIFETIME_S}:{participant_id}"
            # SHA-1 is the draft's and coturn's; as HMAC it is sound.
            proof = hmac.new(self.turn_secret.encode(), user.encode(), hashlib.sha1).digest()
            credential = base64.b64encode(proof).decode("ascii")
            servers.append({"urls": list(self.turn_urls), "username": user, "credential": credential})
        return servers
