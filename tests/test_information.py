"""Pages of information: the delivered ones are whole, a municipality's own take their place, JSON keeps all."""

import json
from pathlib import Path

import pytest

from app.domain.information import Information, MalformedInformation, load_pages
from app.domain.information.loading import LANGUAGES
from app.domain.information.pages import UnfitInformation
from tests.terminal_face import TOWN


def test_the_delivered_pages_have_all_languages_and_fit_on_a_screen() -> None:
    pages = load_pages()
    assert len({page.id for page in pages}) == len(pages) >= 5
    for page in pages:
        for part in page.parts:
            assert len(part.lines) <= 4, f"{page.id}: one thing on a screen"
            for texts in (page.title, part.heading, *(line.text for line in part.lines)):
                assert tuple(texts) == LANGUAGES, f"{page.id}: {texts}"
                assert all(texts.values())


def test_over_the_line_and_back() -> None:
    information = Information(TOWN, load_pages())
    assert Information.from_json(json.loads(json.dumps(information.as_json()))) == information


@pytest.mark.parametrize(
    "damage",
    [
        None,
        [],
        {},
        {"town": {}, "pages": []},
        {"town": {"name": "x", "opening_hours": []}, "pages": []},
        {"pages": [{"id": "a"}]},
    ],
)
def test_what_is_damaged_is_refused(damage: object) -> None:
    with pytest.raises(UnfitInformation):
        Information.from_json(damage)


def test_damage_within_a_page_is_refused() -> None:
    for change in ({"parts": []}, {"parts": None}, {"title": {"en": "no Dutch"}}):
        data = json.loads(json.dumps(Information(TOWN, load_pages()).as_json()))
        data["pages"][0] |= change
        with pytest.raises(UnfitInformation):
            Information.from_json(data)


def test_a_municipalitys_own_pages_take_their_place(tmp_path: Path) -> None:
    assert load_pages(tmp_path / "none") == load_pages()
    own = tmp_path / "information"
    own.mkdir()
    (own / "10-markt.toml").write_text(
        'icon = "home"\ntitle = { nl = "Markt" }\n'
        '[[parts]]\nheading = { nl = "Wanneer?" }\nlines = [{ nl = "Dinsdag." }]\n'
    )
    (page,) = load_pages(own)
    assert (page.id, page.parts[0].lines[0].text["nl"]) == ("markt", "Dinsdag.")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("10-markt.toml", 'icon = "home"\n'),
        ("10-markt.toml", 'icon = "home"\ntitle = { en = "Market" }\nparts = []\n'),
        ("10-markt.toml", 'icon = "home"\ntitle = { nl = "Markt" }\nparts = []\n'),
        ("10-markt.toml", "not toml at all = ="),
        ("Markt 1.toml", ""),
        ("read.me", ""),
    ],
)
def test_what_no_page_can_be_made_of_is_named(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(MalformedInformation, match=tmp_path.name):
        load_pages(tmp_path)
