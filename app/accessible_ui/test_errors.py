import pytest

from app.accessible_ui.errors import PROBLEMS
from tests.html_checks import CheckedClient
from tests.kit_desk import kit_app


@pytest.fixture
def client():
    return CheckedClient(kit_app().test_client())


@pytest.mark.parametrize("status", PROBLEMS)
@pytest.mark.parametrize("language", ["nl", "ar"])
def test_each_error_is_a_kind_page_with_a_way_on(client, status, language):
    answer = client.get(f"/broken/{status}", headers={"Accept-Language": language})
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert 'href="tel:14010"' in answer.text
    assert answer.text.count('href="/"') >= 1
    assert "Traceback" not in answer.text
    assert str(status) not in answer.text.split("<main")[1].split("</main")[0]
    if language == "nl":
        assert str(PROBLEMS[status].text) in answer.text


@pytest.mark.parametrize("status", PROBLEMS)
def test_a_machine_gets_a_stable_code(client, status):
    answer = client.get(f"/broken/{status}", headers={"Accept": "application/json"})
    assert answer.status_code == status
    assert answer.json["code"] == PROBLEMS[status].code
    assert answer.json["text"]


def test_what_has_no_words_of_its_own_is_told_as_its_class(client):
    assert client.get("/broken/418").status_code == 418
    assert str(PROBLEMS[400].title) in client.get("/broken/418").text
    assert str(PROBLEMS[500].title) in client.get("/broken/502").text


def test_says_which_methods_are_allowed(client):
    answer = client.get("/taal")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_form_without_its_token_is_met_kindly(client):
    answer = client.post("/taal", {"language": "en"})
    assert answer.status_code == 400
    assert str(PROBLEMS[400].text) in answer.text


@pytest.mark.parametrize("status", [404, 500, 503])
def test_still_answers_when_the_database_is_gone(status):
    client = CheckedClient(kit_app(town=None).test_client())
    answer = client.get(f"/broken/{status}")
    assert answer.status_code == status
    assert str(PROBLEMS[status].title) in answer.text
