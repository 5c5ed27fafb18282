"""Finds text that a reader would see but gettext would not: it stays Dutch in every language."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

from app.accessible_ui.source_texts import ROOT

_SPOKEN_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description", "aria-roledescription"}
_GETTEXT = {"_", "gettext", "ngettext", "pgettext", "npgettext", "_l", "lazy_gettext", "lazy_ngettext"}
_NO_WORDS = {"Wijkbalie", "Aa", "px", "kB"}
"""Written the same for every reader."""
_HAS_WORD = re.compile(r"[^\W\d_]{2,}")
_LOOKS_LIKE_TEXT = re.compile(r"[A-ZÀ-Þ][a-zà-þ]+(?:[ ,.!?:].*)?", re.DOTALL)
_ATTRIBUTE = re.compile(r"[\w-]+=\"[^\"]*\"")
"""A macro may yield attributes only; they are read as text then."""
_FOR_BUILDERS = {"examples.html", "gallery.html"}
_ATTRIBUTE_BLOCKS = {"body_class", "viewport"}
"""Blocks of the base pages that fill an attribute."""
_VALUE = "\x00"
"""Stands for what an expression yields."""

_ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)


def bare_texts(root: Path = ROOT) -> Iterator[str]:
    """One sentence per text outside gettext, in templates and in Python calls of gettext."""
    for path in sorted((root / "app").rglob("*.html")):
        if path.name not in _FOR_BUILDERS:
            source = path.read_text(encoding="utf-8")
            for text in template_texts(source):
                yield f"{path.relative_to(root)}: not translatable: {text!r}; wrap it in _()"
    for path in sorted((root / "app").rglob("*.py")):
        for line in unreadable_calls(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(root)}:{line}: gettext needs a plain string; put values in %(name)s"


def template_texts(source: str) -> Iterator[str]:
    """Literal texts of a Jinja template: between tags, in spoken attributes, in arguments of macros."""
    reader = _TextReader()
    reader.feed(_without_expressions(source))
    reader.close()
    yield from reader.texts
    yield from _argument_texts(_ENVIRONMENT.parse(source))


def unreadable_calls(source: str) -> Iterator[int]:
    """Lines where gettext is called with a built-up string, which the extraction cannot see."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in _GETTEXT and isinstance(node.args[0], ast.JoinedStr | ast.BinOp | ast.Call):
                yield node.lineno


def _without_expressions(source: str) -> str:
    """The template's own HTML; translated blocks and values are replaced by _VALUE."""
    parts: list[str] = []
    unread = ""
    """What would end the part that is not read now: "endtrans", "endblock" or nothing."""
    block: list[str] = []
    for _, kind, value in _ENVIRONMENT.lex(source):
        if kind == "data" and not unread:
            parts.append(value)
        elif kind == "variable_begin":
            parts.append(_VALUE)
        elif kind == "block_begin":
            block = []
        elif kind == "name":
            block.append(value)
        elif kind == "block_end":
            if block[:1] == ["trans"]:
                unread = "endtrans"
            elif block[:1] == ["block"] and block[1] in _ATTRIBUTE_BLOCKS:
                unread = "endblock"
            elif block[:1] == [unread]:
                unread = ""
                parts.append(_VALUE)
    return "".join(parts)


def _argument_texts(node: nodes.Node) -> Iterator[str]:
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Call) and getattr(child.node, "name", "") in _GETTEXT:
            continue
        if isinstance(child, nodes.Const) and isinstance(child.value, str):
            if _LOOKS_LIKE_TEXT.fullmatch(child.value) and child.value not in _NO_WORDS:
                yield child.value
        else:
            yield from _argument_texts(child)


class _TextReader(HTMLParser):
    """Collects text between tags, scripts and styles aside, and what stands in spoken attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = 0
        """Depth inside elements whose text is code, or is named as another language's own."""
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        language = values.get("lang") or ""
        own_language = tag != "html" and bool(language) and _VALUE not in language
        silent = own_language or tag in ("script", "style", "code")
        self._open.append((tag, silent))
        self._silent += silent
        for name, value in attrs:
            if (name in _SPOKEN_ATTRIBUTES or re.fullmatch(r"data-[\w-]*-?text", name)) and value:
                self._keep(value)

    def handle_endtag(self, tag: str) -> None:
        while self._open and any(name == tag for name, _ in self._open):
            name, silent = self._open.pop()
            self._silent -= silent
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._keep(data)

    def _keep(self, text: str) -> None:
        text = _ATTRIBUTE.sub(" ", text)
        words = [word for word in _HAS_WORD.findall(text) if word not in _NO_WORDS]
        if words:
            self.texts.append(" ".join(text.replace(_VALUE, "…").split()))
