"""The manager's page of words: adding, removing, mistakes, and whoever should not be there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.tables import EmployeeRow
from app.storage.words import StoredWords
from tests.employee_desk import EmployeeDesk

PAGE = "/desk/woorden"


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[EmployeeDesk]:
    desk = EmployeeDesk(tmp_path, database_url)
    yield desk
    desk.close()


def words_of(desk: EmployeeDesk) -> StoredWords:
    return StoredWords(desk.database)


@pytest.mark.parametrize("language", ["nl", "en", "ar"])
def test_a_manager_sees_all_words(desk, language) -> None:
    page = desk.signed_in("ilse", language).get(PAGE).text
    for expected in ("bijzondere bijstand", "Wilgenkade", "U kunt ook langskomen op het Marktplein."):
        assert expected in page
    assert "/desk/woorden" in desk.signed_in("ilse").get("/desk/").text


def test_adding_and_removing_a_phrase(desk) -> None:
    ilse = desk.signed_in("ilse")
    form = {"text_nl": "Komt u voor de bus?", "text_en": "Is it about the bus?"}
    form |= {"said_by": "employee", "subject": "own"}
    answer = ilse.submit(f"{PAGE}/zinnen", form, page=PAGE)
    assert (answer.status_code, answer.location) == (303, "/desk/woorden#zinnen")
    page = ilse.get(PAGE).text
    assert "Komt u voor de bus?" in page
    assert "Wij hebben dit bewaard." in page
    assert words_of(desk).board().find("komt u voor de bus", "nl", "en") == "Is it about the bus?"
    ids = [phrase.id for phrase in words_of(desk).own_phrases()]
    ilse.submit(f"{PAGE}/zinnen/{ids[-1]}/weg", page=PAGE)
    assert "Komt u voor de bus?" not in ilse.get(PAGE).text


def test_adding_and_removing_a_term_and_a_name(desk) -> None:
    ilse = desk.signed_in("ilse")
    form = {"source": "nl", "term": "buurtpas", "target": "en", "translation": "community pass"}
    ilse.submit(f"{PAGE}/termen", form, page=PAGE)
    assert words_of(desk).terms("nl", "en")["buurtpas"] == "community pass"
    ilse.submit(f"{PAGE}/namen", {"name": "Molenpad", "service_type": "2"}, page=PAGE)
    ilse.submit(f"{PAGE}/namen", {"name": "Molenpad", "service_type": ""}, page=PAGE)
    kept = [(word.word, word.service_type_id) for word in words_of(desk).vocabulary_words()]
    assert ("Molenpad", 2) in kept
    assert ("Molenpad", None) in kept
    for kind, id_ in (
        ("termen", words_of(desk).own_terms()[0].id),
        ("namen", words_of(desk).vocabulary_words()[-1].id),
    ):
        assert ilse.submit(f"{PAGE}/{kind}/{id_}/weg", page=PAGE).location == f"/desk/woorden#{kind}"
    assert words_of(desk).own_terms() == []


@pytest.mark.parametrize(
    ("kind", "form", "sentence", "field"),
    [
        ("zinnen", {"text_en": "Yes."}, "Vul hier iets in.", "text_nl"),
        ("zinnen", {"text_nl": "Ja.", "text_ar": "ا" * 201, "said_by": "both"}, "niet meer dan 200", "text_ar"),
        ("zinnen", {"text_nl": "Ja.", "said_by": "mayor", "subject": "own"}, "Kies 1 van deze.", "said_by"),
        ("zinnen", {"text_nl": "Ja.", "said_by": "both", "subject": "x"}, "Kies 1 van deze.", "subject"),
        ("termen", {"source": "nl", "target": "nl", "term": "a", "translation": "b"}, "Kies 1 van deze.", "target"),
        ("termen", {"source": "nl", "target": "en", "term": "", "translation": "b"}, "Vul hier iets in.", "term"),
        ("namen", {"name": "Wilgenkade"}, "Dit staat er al.", "name"),
        ("namen", {"name": "a" * 61}, "niet meer dan 60", "name"),
        ("namen", {"name": "a", "service_type": "99"}, "Kies 1 van deze.", "service_type"),
        ("namen", {"name": "a", "service_type": "²"}, "Kies 1 van deze.", "service_type"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_field_and_nothing_is_lost(desk, kind, form, sentence, field) -> None:
    answer = desk.signed_in("ilse").submit(f"{PAGE}/{kind}", form, page=PAGE)
    assert answer.status_code == 422
    assert re.search(rf'id="{field}-error">.*?{re.escape(sentence)}', answer.text)
    assert f'href="#{field}"' in answer.text, "the summary leads to the field"
    for written in form.values():
        if 0 < len(written) < 60 and written.isalpha() and kind != "zinnen":
            assert f'value="{written}"' in answer.text


def test_words_are_shown_as_words_not_as_html(desk) -> None:
    ilse, evil = desk.signed_in("ilse"), "<script>alert(1)</script>'\""
    ilse.submit(f"{PAGE}/namen", {"name": evil}, page=PAGE)
    ilse.submit(f"{PAGE}/zinnen", {"text_nl": evil, "said_by": "both", "subject": "own"}, page=PAGE)
    ilse.submit(
        f"{PAGE}/termen", {"source": "nl", "term": evil, "target": "en", "translation": evil}, page=PAGE
    )
    page = ilse.get(PAGE).text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 4


def test_who_is_no_manager_gets_a_kind_page_and_changes_nothing(desk) -> None:
    sanne, before = desk.signed_in("sanne"), words_of(desk).vocabulary_words()
    answer = sanne.get(PAGE)
    assert answer.status_code == 403
    assert "Deze pagina is voor een manager" in answer.text
    assert "Wilgenkade" not in answer.text
    assert "/desk/woorden" not in sanne.get("/desk/").text
    for path in (f"{PAGE}/namen", f"{PAGE}/namen/{before[0].id}/weg"):
        assert sanne.submit(path, {"name": "Molenpad"}, page="/desk/uiterlijk").status_code == 403
    assert words_of(desk).vocabulary_words() == before


def test_another_municipalitys_manager_is_not_served_here(desk) -> None:
    stranger, _ = desk.new_municipality()
    with desk.database.writing() as session:
        session.query(EmployeeRow).filter_by(user_name=stranger).update({"role": "manager"})
    browser, before = desk.signed_in(stranger), words_of(desk).vocabulary_words()
    assert browser.get(PAGE).status_code == 404
    assert browser.submit(f"{PAGE}/namen/{before[0].id}/weg", page="/desk/uiterlijk").status_code == 404
    assert words_of(desk).vocabulary_words() == before


def test_without_a_forms_token_nothing_changes(desk) -> None:
    ilse, before = desk.signed_in("ilse"), words_of(desk).vocabulary_words()
    for token in ({}, {"csrf_token": "made up"}):
        assert ilse.post(f"{PAGE}/namen", {"name": "Molenpad", **token}).status_code == 400
        assert ilse.post(f"{PAGE}/namen/{before[0].id}/weg", token).status_code == 400
    assert words_of(desk).vocabulary_words() == before


def test_odd_addresses_are_not_there(desk) -> None:
    ilse = desk.signed_in("ilse")
    for path in (
        "iets",
        "namen/x/weg",
        "namen/-1/weg",
        "namen/²/weg",
        f"namen/{'9' * 400}/weg",
        "iets/1/weg",
        "%00",
    ):
        assert ilse.submit(f"{PAGE}/{path}", {}, page=PAGE).status_code == 404
    assert ilse.submit(f"{PAGE}/namen/9999999999/weg", page=PAGE).status_code == 303, "gone is gone"
