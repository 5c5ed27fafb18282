"""A reader of English or Arabic meets no Dutch on any page of a citizen, and each page says its language."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.accessible_ui.catalogues import read_catalogue
from app.accessible_ui.languages import LANGUAGES
from app.accessible_ui.source_texts import extract_source_texts
from app.domain.conversations import Role
from tests.html_checks import CheckedClient
from tests.visitor_desk import VisitorDesk

PUBLIC = ("/", "/contact", "/privacy", "/toegankelijkheid", "/voorkeuren", "/bestaat-niet", "/l/te-kort")
OF_A_GUEST = ("", "ondertitels", "apparaat", "wachten", "oordeel", "tot-ziens")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VisitorDesk]:
    desk = VisitorDesk(tmp_path_factory.mktemp("languages"))
    yield desk
    desk.close()


def pages_of(desk: VisitorDesk, language: str) -> Iterator[tuple[str, str]]:
    """(address, HTML) of every page that a guest meets without JavaScript."""
    client = desk.client(language)
    for address in PUBLIC:
        yield address, read(client, address)
    for role, parts in ((Role.CITIZEN, OF_A_GUEST), (Role.INTERPRETER, [""]), (Role.RELATIVE, [""])):
        client, home = desk.guest(role, language)
        for part in parts:
            yield home + part, read(client, home + part)


def read(client: CheckedClient, address: str) -> str:
    return str(client.get(address, follow_redirects=True).get_data(as_text=True))


def dutch_only(language: str) -> list[str]:
    """Dutch texts of two words and more that read otherwise in this language, without values."""
    catalogue = read_catalogue(language)
    return [
        text.singular
        for text in extract_source_texts(Path(__file__).parents[2])
        if " " in text.singular
        and not re.search(r"[%{<]", text.singular)
        and catalogue[text.singular].string != text.singular
    ]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_dutch_is_left_on_a_citizens_page(desk: VisitorDesk, language: str) -> None:
    left: dict[str, list[str]] = {}
    texts = dutch_only(language)
    opening = f'<html lang="{language}" dir="{LANGUAGES[language].direction}"'
    for address, page in pages_of(desk, language):
        assert opening in page, address
        if found := shown(texts, page):
            left[address] = found
    assert left == {}


def test_the_same_look_finds_dutch_where_there_is_some(desk: VisitorDesk) -> None:
    page = read(desk.client("nl"), "/")
    assert '<html lang="nl" dir="ltr"' in page
    assert "Hebt u een link gekregen?" in shown(dutch_only("ar"), page)


def shown(texts: list[str], page: str) -> list[str]:
    """Which of these texts stand on the page, as an element's text or as a name."""
    page = html.unescape(re.sub(r"\s+", " ", page)).replace("> ", ">").replace(" <", "<")
    return [text for text in texts if f">{text}<" in page or f'"{text}"' in page]
