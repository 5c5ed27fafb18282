"""What the municipality told this terminal last, on the disk, so that it is there without a line."""

import json
import logging
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.domain.information import Information, Town, load_pages
from app.domain.information.pages import UnfitInformation
from app.domain.people import Municipality
from app.domain.terminals import TerminalProfile
from app.kiosk.device.written import write_whole

log = logging.getLogger("wijkbalie.terminal")

NEW_PROFILE = TerminalProfile(
    location="",
    opening_hours={},
    team_id=None,
    languages=(),
    printer=False,
    kind="terminal",
    lower_half=False,
)
NO_TOWN = Town("", "", "", "", "", {"nl": ""}, "")


class KeptInformation:
    """Nothing in it is of a citizen. A damaged file is as none: the line brings a new one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.profile = NEW_PROFILE
        self.information = Information(NO_TOWN, load_pages())
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            self.profile, self.information = _profile(kept["profile"]), Information.from_json(kept)
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError, KeyError):
            log.warning("what was kept of the municipality cannot be read; it is fetched anew")

    def keep(self, profile: TerminalProfile, information: Information) -> None:
        """Whole or not at all: a power cut leaves the old file or the new one."""
        with self._lock:
            if (profile, information) == (self.profile, self.information):
                return
            self.profile, self.information = profile, information
            text = json.dumps({"profile": asdict(profile), **information.as_json()}, ensure_ascii=False)
            try:
                write_whole(self._path, text)
            except OSError as problem:
                log.warning("what the municipality told cannot be kept: %s", problem.strerror)

    def municipality(self) -> Municipality:
        """For the kit, which draws its name and theme on every page."""
        town = self.information.town
        return Municipality(
            id=0,
            slug="",
            name=town.name,
            phone=town.phone,
            email=town.email,
            website=town.website,
            address=town.address,
            opening_hours=dict(town.opening_hours),
            theme=town.theme,
        )


def _profile(data: dict[str, Any]) -> TerminalProfile:
    if not isinstance(data, dict):
        raise UnfitInformation("not a profile")
    return TerminalProfile(**{**data, "languages": tuple(data["languages"])})
