"""Where things are on the terminal's own machine, and how it was started."""

import re
from pathlib import Path

LOADER_DIR = Path("/efi/EFI/Linux")
PARTITIONS = Path("/dev/disk/by-partlabel")
UPDATE_STATE = Path("/data/update")
UPDATE_KEYS = Path("/usr/lib/wijkbalie/update-keys")
AGENT_SOCKET = Path("/run/wijkbalie/agent.sock")
LOADER_VARIABLES = Path("/sys/firmware/efi/efivars")
COUNTED = "LoaderBootCountPath-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
"""systemd-boot sets it while it still counts the starts of a slot (systemd, "Boot Loader Interface")."""


def running_slot(command_line: str) -> str:
    """a or b. Raises ValueError on a machine that is no terminal."""
    found = re.search(r"(?:^|\s)wijkbalie\.slot=([ab])(?:\s|$)", command_line)
    if not found:
        raise ValueError("this system was not started from a slot")
    return found.group(1)


def counted_start(variables: Path = LOADER_VARIABLES) -> bool:
    """Is this start a try, of a slot that is not known to be good?"""
    return (variables / COUNTED).exists()
