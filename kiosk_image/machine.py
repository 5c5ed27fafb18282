"""A terminal in QEMU: starts a disk, reads its serial port, photographs its screen. By software emulation unless
ACCEL says otherwise, so that it runs where no virtual machine may be started."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

FIRMWARE = Path("/usr/share/OVMF")


class Machine:
    """A context manager. disk is not changed: what the machine writes goes to a temporary file of QEMU's.

    network: as QEMU's -nic; by default a cable that leads nowhere.
    Lines of the serial port come to `lines`; wait_for() blocks until one of them holds a word.
    """

    def __init__(
        self,
        disk: Path,
        place: Path,
        *,
        memory_mib: int = 2560,
        extra: tuple[str, ...] = (),
        network: str = "user,model=virtio-net-pci,restrict=on",
        show: bool = False,
    ) -> None:
        self.lines: list[str] = []
        self._place = place
        place.mkdir(parents=True, exist_ok=True)
        variables = place / "firmware-variables"
        shutil.copyfile(
            FIRMWARE / "OVMF_VARS_4M.fd", variables
        )  # what a former start left there misleads the loader
        self._qmp = place / "qmp.sock"
        self._qmp.unlink(missing_ok=True)
        self._news = threading.Condition()
        accel = os.environ.get("ACCEL", "tcg,thread=multi")
        # virtio's card: cage asks for buffers that can be shared (PRIME), which the plain VGA card's driver has not.
        self._command = [
            "qemu-system-x86_64", "-machine", "q35", "-accel", accel, "-cpu", "Nehalem", "-smp", "2",
            "-m", str(memory_mib), "-nodefaults", "-vga", "none", "-device", "virtio-vga,xres=1280,yres=720",
            "-drive", f"if=pflash,format=raw,readonly=on,file={FIRMWARE / 'OVMF_CODE_4M.fd'}",
            "-drive", f"if=pflash,format=raw,file={variables}",
            "-drive", f"if=none,id=disk,format=raw,snapshot=on,file={disk}", "-device", "virtio-blk-pci,drive=disk",
            "-device", "virtio-rng-pci", "-device", "qemu-xhci", "-device", "usb-tablet", "-device", "usb-kbd",
            "-nic", network, "-serial", "stdio",
            "-display", "gtk" if show else "none", "-qmp", f"unix:{self._qmp},server=on,wait=off", *extra,
        ]  # fmt: skip

    def __enter__(self) -> "Machine":
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait(20)

    def _listen(self) -> None:
        assert self._process.stdout
        with (self._place / "serial.log").open("w", encoding="utf-8") as log:
            for raw in self._process.stdout:
                line = raw.decode("utf-8", "replace").strip()
                log.write(f"{time.monotonic() - self.started:7.1f} {line}\n")
                log.flush()
                with self._news:
                    self.lines.append(line)
                    self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def wait_for(self, holds: Callable[[str], bool], timeout_s: float) -> str:
        """The first line, from the start on, for which `holds`. Raises TimeoutError; OSError if the machine stopped."""
        end, seen = time.monotonic() + timeout_s, 0
        with self._news:
            while True:
                for line in self.lines[seen:]:
                    if holds(line):
                        return line
                seen = len(self.lines)
                if self._process.poll() is not None:
                    raise OSError(f"the machine stopped: {self.lines[-3:]}")
                if (left := end - time.monotonic()) <= 0:
                    raise TimeoutError(f"the last lines: {self.lines[-5:]}")
                self._news.wait(min(left, 5))

    def wait_closed(self) -> None:
        """Until somebody closes the machine's window."""
        self._process.wait()

    def ask(self, command: str, **arguments: object) -> object:
        """One QMP command."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(60)
            line.connect(str(self._qmp))
            with line.makefile("rw", encoding="utf-8") as wire:
                wire.readline()  # the greeting
                for message in (
                    {"execute": "qmp_capabilities"},
                    {"execute": command, "arguments": arguments},
                ):
                    wire.write(json.dumps(message) + "\n")
                    wire.flush()
                    while True:  # events come in between
                        answer = json.loads(wire.readline())
                        if "return" in answer or "error" in answer:
                            break
        if "error" in answer:
            raise OSError(answer["error"]["desc"])
        return answer["return"]

    def picture(self, png: Path) -> "Picture":
        raw = self._place / "screen.ppm"
        self.ask("screendump", filename=str(raw))
        found = Picture.read(raw)
        found.save(png)
        return found


class Picture:
    """Rows of red, green, blue."""

    def __init__(self, width: int, height: int, rgb: bytes) -> None:
        self.width, self.height, self.rgb = width, height, rgb

    @classmethod
    def read(cls, ppm: Path) -> "Picture":
        magic, size, _depth, rgb = ppm.read_bytes().split(b"\n", 3)
        if magic != b"P6":
            raise ValueError("not a picture of QEMU's")
        width, height = map(int, size.split())
        return cls(width, height, rgb)

    def at(self, x: float, y: float) -> tuple[int, int, int]:
        """x, y: shares of width and height."""
        start = 3 * (int(y * (self.height - 1)) * self.width + int(x * (self.width - 1)))
        red, green, blue = self.rgb[start : start + 3]
        return red, green, blue

    def share(self, colour: tuple[int, int, int], near: int = 6) -> float:
        """Which part of all pixels has this colour?"""
        pixels = zip(self.rgb[0::3], self.rgb[1::3], self.rgb[2::3], strict=True)
        alike = sum(all(abs(a - b) <= near for a, b in zip(pixel, colour, strict=True)) for pixel in pixels)
        return alike / (self.width * self.height)

    def save(self, png: Path) -> None:
        def chunk(kind: bytes, data: bytes) -> bytes:
            return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

        rows = b"".join(
            b"\0" + self.rgb[i : i + 3 * self.width] for i in range(0, len(self.rgb), 3 * self.width)
        )
        head = self.width.to_bytes(4) + self.height.to_bytes(4) + b"\x08\x02\0\0\0"
        png.write_bytes(
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", head)
            + chunk(b"IDAT", zlib.compress(rows, 9))
            + chunk(b"IEND", b"")
        )


def main() -> None:
    project = Path(__file__).parents[1]
    disk = project / "var/image/wijkbalie-terminal.img"
    place = project / "var/image/run"
    if not disk.exists():
        raise SystemExit("There is no image yet: make image.")
    with (
        contextlib.suppress(KeyboardInterrupt),
        Machine(disk, place, show="DISPLAY" in os.environ) as machine,
    ):
        print(f"Serial port: {place}/serial.log. Stop with Ctrl-C.", file=sys.stderr)
        machine.wait_for(lambda line: "report: end" in line, 900)
        machine.picture(place / "screen.png")
        print("\n".join(line for line in machine.lines if "report: " in line))
        print(f"The screen: {place}/screen.png", file=sys.stderr)
        machine.wait_closed()


if __name__ == "__main__":
    main()
