"""A test client that reads every page it is given: valid HTML, one h1, title, language, ids, named controls.

Use it instead of Flask's client: `CheckedClient(app.test_client())`. A page that breaks a rule fails the test
that asked for it, whatever that test was about.
"""

from collections import Counter
from itertools import pairwise
from typing import Any, cast
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

LANGUAGES = {"nl": "ltr", "en": "ltr", "ar": "rtl"}
HIDDEN_INPUTS = {"hidden", "submit", "button", "reset", "image"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


class CheckedClient:
    """Flask's test client with eyes. follow-ups and headers as Flask's; pages are checked on the way."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **options: Any) -> TestResponse:
        return self._checked(self.client.get(path, **options))

    def post(self, path: str, data: dict[str, str] | None = None, **options: Any) -> TestResponse:
        return self._checked(self.client.post(path, data=data or {}, **options))

    def submit(self, path: str, data: dict[str, str] | None = None, *, page: str) -> TestResponse:
        """Posts as a browser does: with the token of the form on `page`."""
        form = self.get(page).get_data(as_text=True)
        token = next(
            (
                field.get("value", "")
                for field in parse(form).iter("input")
                if field.get("name") == "csrf_token"
            ),
            "",
        )
        assert token, f"{page} has no form with a token"
        return self.post(path, {"csrf_token": token, **(data or {})})

    @staticmethod
    def _checked(answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html" and answer.data and not 300 <= answer.status_code < 400:
            html = answer.get_data(as_text=True)
            problems = problems_of(html)
            assert not problems, f"{answer.request.path} ({answer.status_code}): " + "; ".join(problems)
        return answer


def parse(html: str) -> Element:
    """A whole page or a fragment, without namespaces in the names."""
    return cast(Element, html5lib.HTMLParser(namespaceHTMLElements=False).parse(html))


def problems_of(html: str) -> list[str]:
    """What is wrong with a page, or with a fragment (which has no title or language of its own)."""
    whole = html.lstrip().lower().startswith("<!doctype")
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = cast(Element, parser.parse(html) if whole else _fragment(parser, html))
    problems = [f"invalid HTML at {at}: {code} {about}" for at, code, about in parser.errors]
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    if whole:
        problems += _page_problems(tree, elements)
    problems += _id_problems(elements, whole=whole)
    problems += _control_problems(tree, elements)
    for element in elements:
        broken = [name for name in element.attrib if name == "style" or name.startswith("on")]
        problems += [f"<{element.tag}> has inline {name}" for name in broken]
    problems += [
        "inline script"
        for s in tree.iter("script")
        if not s.get("src") and s.get("type") != "application/json"
    ]
    problems += [f"img without alt: {img.get('src')}" for img in tree.iter("img") if img.get("alt") is None]
    return problems


def _fragment(parser: html5lib.HTMLParser, html: str) -> Any:
    return parser.parseFragment(html)


def _page_problems(tree: Element, elements: list[Element]) -> list[str]:
    problems = []
    root = next(tree.iter("html"))
    if root.get("lang") not in LANGUAGES:
        problems.append(f"lang is {root.get('lang')!r}")
    elif root.get("dir") != LANGUAGES[root.get("lang", "")]:
        problems.append(f"dir is {root.get('dir')!r} for {root.get('lang')}")
    titles = [_text(title) for title in tree.iter("title")]
    if len(titles) != 1 or not titles[0]:
        problems.append(f"titles: {titles}")
    headings = [element for element in elements if element.tag in _HEADINGS]
    h1 = [_text(heading) for heading in headings if heading.tag == "h1"]
    if len(h1) != 1 or not h1[0]:
        problems.append(f"h1: {h1}")
    for before, after in pairwise(headings):
        if int(after.tag[1]) > int(before.tag[1]) + 1:
            problems.append(f"heading {_text(after)!r} skips a level")
    if len(list(tree.iter("main"))) != 1:
        problems.append("not exactly one main")
    return problems


def _id_problems(elements: list[Element], *, whole: bool) -> list[str]:
    counts = Counter(element.get("id") for element in elements if element.get("id") is not None)
    problems = [f"id {name!r} stands {n} times" for name, n in counts.items() if n > 1 or not name]
    if not whole:
        return problems
    for element in elements:
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            for name in (element.get(attribute) or "").split():
                if name not in counts:
                    problems.append(f"{attribute} of <{element.tag}> points at no {name!r}")
    return problems


def _control_problems(tree: Element, elements: list[Element]) -> list[str]:
    parents = {child: parent for parent in tree.iter() for child in parent}
    labels = {label.get("for"): _text(label) for label in tree.iter("label") if label.get("for")}
    ids = {element.get("id"): element for element in elements if element.get("id")}
    problems = []
    silent = _not_shown(tree)
    for element in elements:
        if element in silent or not _needs_name(element):
            continue
        name = element.get("aria-label") or labels.get(element.get("id")) or _labelled_by(element, ids)
        if element.tag in ("button", "a"):
            name = name or _text(element) or element.get("title")
        ancestor = parents.get(element)
        while not name and ancestor is not None:
            name = _text(ancestor) if ancestor.tag == "label" else ""
            ancestor = parents.get(ancestor)
        if not name:
            problems.append(f"<{element.tag} {element.get('name') or element.get('href') or ''}> has no name")
    for form in tree.iter("form"):
        if (form.get("method") or "").lower() == "post" and not any(
            field.get("name") == "csrf_token" for field in form.iter("input")
        ):
            problems.append(f"form {form.get('action')} posts without a token")
    return problems


def _not_shown(tree: Element) -> set[Element]:
    """Templates for scripts, and what is hidden until a script has filled it in."""
    covers = (e for e in tree.iter() if e.tag == "template" or e.get("hidden") is not None)
    return {element for cover in covers for element in cover.iter()}


def _needs_name(element: Element) -> bool:
    if element.tag == "input":
        return (element.get("type") or "text") not in HIDDEN_INPUTS
    return element.tag in ("select", "textarea", "button") or (
        element.tag == "a" and element.get("href") is not None
    )


def _labelled_by(element: Element, ids: dict[str | None, Element]) -> str:
    names = (element.get("aria-labelledby") or "").split()
    return " ".join(_text(ids[name]) for name in names if name in ids)


def _text(element: Element) -> str:
    """What a reader would hear: text and alternatives, white space folded; aria-hidden parts are silent."""
    if element.get("aria-hidden") == "true":
        return ""
    parts = [element.text or "", element.get("alt") or ""]
    for child in element:
        if isinstance(child.tag, str):
            parts.append(_text(child))
        parts.append(child.tail or "")
    return " ".join(" ".join(parts).split())
