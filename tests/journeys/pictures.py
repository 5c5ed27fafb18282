"""Pictures as Chromium's fake camera wants them: Y4M, 4:2:0, played in a loop."""

from pathlib import Path

WIDTH, HEIGHT = 320, 180


def still_file(to: Path, luma: int) -> Path:
    """The very same grey again and again, as no living camera gives. luma: 16 (black) to 235 (white)."""
    frame = bytes([luma]) * (WIDTH * HEIGHT) + bytes([128]) * (WIDTH * HEIGHT // 2)
    to.write_bytes(
        f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F15:1 Ip A1:1 C420jpeg\n".encode() + (b"FRAME\n" + frame) * 2
    )
    return to
