"""Scripts, styles, fonts and sounds below app/, served under one hash of all their content.

One hash for everything lets modules import each other by relative path and still be cached for ever.
"""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

import brotli

SUFFIXES = {".js", ".css", ".woff2", ".svg", ".mp3", ".wav", ".png", ".wasm", ".tflite"}
_COMPRESSED = {".js", ".css", ".svg"}
_SITE = "accessible_ui"
_CALL = ("caption_log", "participant_tile", "phrase_board", "real_time_text")
_TERMINAL = ("idle", "on_screen_keyboard", "scanning")
_APART = ("themes", "page", *_CALL, *_TERMINAL)
# Windows' registry and bare machines know other types, or none: be sure of what a strict browser checks.
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
}


@dataclass(slots=True)
class Asset:
    """One file as it goes over the wire. Compressed once, at the highest level, when first asked for."""

    content: bytes
    content_type: str
    compresses: bool
    _encoded: dict[str, bytes] = field(default_factory=dict)

    def encoded(self, encoding: str) -> bytes:
        """encoding: "br", "gzip" or "identity"."""
        if encoding == "identity":
            return self.content
        if encoding not in self._encoded:
            self._encoded[encoding] = (
                brotli.compress(self.content, quality=11, mode=brotli.MODE_TEXT)
                if encoding == "br"
                else gzip.compress(self.content, 9, mtime=0)
            )
        return self._encoded[encoding]


class Assets:
    """All assets below root. Read once, at start: a running desk does not change its files."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @cached_property
    def _files(self) -> dict[str, Asset]:
        files = {}
        for path in sorted(self._root.rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                name = path.relative_to(self._root).as_posix()
                content = path.read_bytes()
                if path.suffix == ".js" and "vendor" not in path.parts:
                    content = _without_notes(content.decode()).encode()
                files[name] = _asset(path.suffix, content)
        for theme in self.themes:
            files[f"site/{theme}.css"] = _asset(".css", self._one_sheet(self._site_sheets(theme)))
        for name, components in (("call", _CALL), ("terminal", _TERMINAL)):
            files[f"site/{name}.css"] = _asset(".css", self._one_sheet(self._sheets_apart(components)))
        return files

    @cached_property
    def themes(self) -> tuple[str, ...]:
        return tuple(sorted(path.stem for path in (self._root / _SITE / "themes").glob("*.css")))

    @cached_property
    def hash(self) -> str:
        digest = hashlib.sha256()
        for path, asset in self._files.items():
            digest.update(path.encode() + b"\0" + asset.content)
        return digest.hexdigest()[:12]

    def get(self, path: str) -> Asset | None:
        """Only what was found at start can be had: a path is a key here, never a place on the disk."""
        return self._files.get(path)

    def site_css(self, theme: str) -> str:
        """Path of the one style sheet for a theme; an unknown theme gets the first one."""
        return f"site/{theme if theme in self.themes else self.themes[0]}.css"

    def _site_sheets(self, theme: str) -> list[Path]:
        """Tokens, theme, vendored components, base, page, then each component that any page may use."""
        folder = self._root / _SITE
        return [
            *sorted(folder.glob("vendor/*/tokens.css")),
            folder / "themes" / f"{theme}.css",
            *(path for path in sorted(folder.glob("vendor/*/*.css")) if path.name != "tokens.css"),
            *sorted(folder.glob("page/*.css")),
            *(path for path in sorted(folder.glob("*/*.css")) if path.parent.name not in _APART),
        ]

    def _sheets_apart(self, components: tuple[str, ...]) -> list[Path]:
        """What only a talk or a terminal needs: who fills in a form at home does not wait for it."""
        return [path for name in components for path in sorted((self._root / _SITE / name).glob("*.css"))]

    def _one_sheet(self, sheets: list[Path]) -> bytes:
        return "".join(
            _minified(_following_device(_readdressed(path, self._root))) for path in sheets
        ).encode()


def _asset(suffix: str, content: bytes) -> Asset:
    content_type = _TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")
    return Asset(content, content_type, suffix in _COMPRESSED)


def _readdressed(path: Path, root: Path) -> str:
    """The sheet's text with url(…) made to hold from where the one sheet stands: a folder below the root."""

    def from_site(match: re.Match[str]) -> str:
        target = (path.parent / match[1]).resolve().relative_to(root.resolve())
        return f"url(../{PurePosixPath(target)})"

    text = path.read_text(encoding="utf-8")
    return re.sub(r"""url\(["']?((?!data:|#|/)[^"')]+)["']?\)""", from_site, text)


def _following_device(css: str) -> str:
    """A theme says its dark colours once; whoever left the choice to the device gets them by its wish too."""
    dark = re.findall(r':root\[data-colour="dark"\]\s*\{([^}]*)\}', css)
    return css + "".join(
        f'@media (prefers-color-scheme: dark){{:root[data-colour="auto"]{{{rules}}}}}' for rules in dark
    )


def _without_notes(js: str) -> str:
    """Types (`/** … */`) and lines of comment gone, a third of the bytes; lines keep their numbers."""
    notes = re.compile(r"/\*\*(?:(?!\*/)[\s\S])*\*/[ \t]*|^[ \t]*//.*$", re.MULTILINE)
    return notes.sub(lambda note: "\n" * note[0].count("\n"), js)


def _minified(css: str) -> str:
    """Comments (but /*! licences) and needless white space gone; strings are left alone."""
    kept = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|/\*![\s\S]*?\*/)""")
    parts = kept.split(re.sub(r"/\*(?!!)[\s\S]*?\*/", "", css))
    for index in range(0, len(parts), 2):
        text = re.sub(r"\s+", " ", parts[index])
        text = re.sub(r"\s*([{};,])\s*", r"\1", text)
        parts[index] = re.sub(r":\s+", ":", text).replace(";}", "}")
    return "".join(parts).strip()
