import pytest

from app.accessible_ui.routes import local_path
from tests.html_checks import CheckedClient
from tests.kit_desk import kit_app


@pytest.fixture
def client():
    return CheckedClient(kit_app().test_client())


def lang_of(answer):
    return answer.get_data(as_text=True).split('<html lang="')[1][:2]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("", "nl"),
        ("fr", "nl"),
        ("en-GB,en;q=0.9", "en"),
        ("ar-MA", "ar"),
        ("fr,ar;q=0.8,en;q=0.3", "ar"),
        ("*", "nl"),
    ],
)
def test_speaks_the_language_of_the_browser(client, asked, given):
    assert lang_of(client.get("/voorkeuren", headers={"Accept-Language": asked})) == given


def test_remembers_the_chosen_language_and_goes_back_to_where_one_was(client):
    answer = client.submit(
        "/taal", {"language": "ar", "next": "/gallery/button?theme=waterstad"}, page="/voorkeuren"
    )
    assert (answer.status_code, answer.location) == (303, "/gallery/button?theme=waterstad")
    page = client.get("/voorkeuren", headers={"Accept-Language": "en"})
    assert lang_of(page) == "ar"
    assert 'dir="rtl"' in page.get_data(as_text=True)


def test_an_unknown_language_changes_nothing(client):
    assert client.submit("/taal", {"language": "xx"}, page="/voorkeuren").status_code == 400
    assert lang_of(client.get("/voorkeuren")) == "nl"


def test_a_mangled_cookie_counts_for_nothing(client):
    client.client.set_cookie("language", "../../etc/passwd")
    assert lang_of(client.get("/voorkeuren", headers={"Accept-Language": "en"})) == "en"


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "", "/\t/evil.example", "evil"]
)
def test_nobody_is_sent_to_another_site(path):
    assert local_path(path) == "/"


@pytest.mark.parametrize("path", ["/", "/gesprek/abc/wachten", "/?a=b&c=/d"])
def test_a_path_of_our_own_stays(path):
    assert local_path(path) == path
