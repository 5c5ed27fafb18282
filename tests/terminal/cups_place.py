"""A CUPS of the test's own, with a printer whose paper is a folder."""

import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Literal

from tests.waiting import until

Mood = Literal["prints", "out of paper", "off", "breaks"]

LACK = next(
    (f"{program} is not installed: apt-get install cups-daemon cups-client"
     for program in ("cupsd", "lp", "lpadmin") if not shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin")),
    "",
)  # fmt: skip

_BACKEND = """#!/bin/sh
# CUPS's backend(7): job user title copies options [file]
place='{place}'
[ $# -eq 0 ] && {{ echo 'direct paper "Unknown" "A folder"'; exit 0; }}
trap 'exit 0' TERM
told=''
while :; do
  case $(cat "$place/mood") in
    prints) break ;;
    breaks) echo 'ERROR: broken' >&2; exit 1 ;;
    'out of paper') reason=media-empty-error ;;
    off) reason=offline-report ;;
  esac
  [ "$told" = "$reason" ] || {{ told=$reason; echo "STATE: +$reason" >&2; }}
  sleep 0.1
done
echo 'STATE: -media-empty-error,offline-report' >&2
cat ${{6:+"$6"}} > "$place/paper/$1.pdf"
"""

_FILES = """ServerRoot {place}/etc
ServerBin {place}/bin
DataDir /usr/share/cups
RequestRoot {place}/spool
CacheDir {place}/cache
StateDir {place}/state
TempDir {place}/spool/tmp
AccessLog {place}/log/access_log
ErrorLog {place}/log/error_log
PageLog {place}/log/page_log
"""

_SERVER = """Listen {place}/cups.sock
Browsing No
WebInterface No
DefaultAuthType None
LogLevel debug
<Location />
  Order deny,allow
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
    Allow all
  </Limit>
</Policy>
"""


class CupsPlace:
    def __init__(self, place: Path) -> None:
        self.place = place
        for name in ("etc", "bin/backend", "spool/tmp", "cache", "state", "log", "paper"):
            (place / name).mkdir(parents=True)
        for name in ("daemon", "filter", "notifier", "cgi-bin"):
            if Path("/usr/lib/cups", name).exists():
                (place / "bin" / name).symlink_to(f"/usr/lib/cups/{name}")
        backend = place / "bin" / "backend" / "paper"
        backend.write_text(_BACKEND.format(place=place))
        backend.chmod(
            0o700
        )  # then CUPS runs it as itself, not as user lp, who may not enter the test's folder
        (place / "etc" / "cups-files.conf").write_text(_FILES.format(place=place))
        (place / "etc" / "cupsd.conf").write_text(_SERVER.format(place=place))
        self.mood("prints")
        self._daemon: subprocess.Popen[bytes] | None = None

    @property
    def server(self) -> str:
        return str(self.place / "cups.sock")

    def mood(self, mood: Mood) -> None:
        new = self.place / "mood.new"
        new.write_text(mood)
        new.replace(self.place / "mood")

    def start(self) -> None:
        etc = self.place / "etc"
        self._daemon = subprocess.Popen(
            [_program("cupsd"), "-f", "-c", str(etc / "cupsd.conf"), "-s", str(etc / "cups-files.conf")],
            stdout=subprocess.DEVNULL,
            stderr=(self.place / "log" / "stderr").open("wb"),
        )
        until(self._answers, f"cupsd does not answer: {self.log()}")

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(self.server)
        except OSError:
            return False
        return self._do("lpstat", "-H") == 0

    def add_printer(self, name: str) -> None:
        added = self._do(
            "lpadmin", "-p", name, "-E", "-v", "paper:/", "-m", "raw", "-o", "printer-error-policy=abort-job"
        )
        assert added == 0, self.log()

    def make_default(self, name: str) -> None:
        assert self._do("lpadmin", "-d", name) == 0

    def disable(self, name: str) -> None:
        assert self._do("cupsdisable", name) == 0

    def stop(self) -> None:
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.wait(20)
            self._daemon = None

    def log(self) -> str:
        return "\n".join(
            path.read_text(errors="replace")[-2000:] for path in sorted((self.place / "log").iterdir())
        )

    def papers(self) -> list[bytes]:
        """What came out."""
        return [path.read_bytes() for path in sorted((self.place / "paper").iterdir())]

    def spooled(self) -> list[bytes]:
        """What CUPS keeps of jobs, their data and their descriptions."""
        return [path.read_bytes() for path in (self.place / "spool").iterdir() if path.is_file()]

    def _do(self, program: str, *arguments: str) -> int:
        environment = {**os.environ, "CUPS_SERVER": self.server, "LC_ALL": "C"}
        return subprocess.run(
            [_program(program), *arguments], env=environment, capture_output=True, timeout=60, check=False
        ).returncode


def _program(name: str) -> str:
    return shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin") or name
