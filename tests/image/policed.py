"""Chromium with policies of the test's own, which no other browser sees (a private mount namespace; needs root)."""

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
REMOTE_CONTROL = ("DeveloperToolsAvailability", "RemoteDebuggingAllowed")
"""These two shut out what drives the browser in tests. They are left out there, and have tests of their own."""


def require_namespaces(*kinds: str) -> None:
    """Skips, and says why, where the kernel gives us none. kinds: flags of unshare(1)."""
    if shutil.which("unshare") is None:
        pytest.skip("unshare (util-linux) is not installed")
    tried = subprocess.run(["unshare", *kinds, "mount", "--make-rprivate", "/"], capture_output=True)
    if os.geteuid() != 0 or tried.returncode:
        pytest.skip("needs root, to give one browser policies or a network of its own")


def program_with(
    folder: Path, policies: dict[str, Any] | None, uid: int | None = None, netns: str = ""
) -> Path:
    """A program: Chromium with these policies, or with none at all. uid: as which user; netns: in which network."""
    managed = folder / "managed"
    managed.mkdir(parents=True, exist_ok=True)
    if policies is not None:
        (managed / "wijkbalie.json").write_text(json.dumps(policies))
    program = folder / "chromium"
    # Playwright makes a profile for root; another user needs one of its own.
    profile = '--user-data-dir="$FOLDER/profile-$$"' if uid is not None else ""
    user = f"setpriv --reuid {uid} --regid {uid} --clear-groups" if uid is not None else ""
    net = f"ip netns exec {netns}" if netns else ""
    program.write_text(
        "#!/bin/sh\n"
        f'export FOLDER="{folder}" HOME="{folder}"\n'
        f"""exec {net} unshare -m sh -c '
mount --make-rprivate / && mount -t tmpfs none /etc/chromium && mkdir -p /etc/chromium/policies/managed &&
cp "$FOLDER"/managed/* /etc/chromium/policies/managed/ 2>/dev/null
exec {user} {CHROMIUM} "$@" {profile}' sh "$@"\n"""
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return program
