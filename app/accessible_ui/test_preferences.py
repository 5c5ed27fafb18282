import re

import pytest

from app.accessible_ui.preferences import CHOICES, Preferences
from tests.html_checks import CheckedClient
from tests.kit_desk import kit_app

CHOSEN = {
    "text_size": "200", "colour": "contrast", "spacing": "wide", "motion": "calm",
    "aloud": "on", "scan": "slow", "switches": "two",
}  # fmt: skip


@pytest.fixture
def client():
    return CheckedClient(kit_app().test_client())


def looks(answer):
    """The data attributes of <html>, with which the page is drawn at once."""
    return dict(re.findall(r'data-([\w-]+)="(\w+)"', re.search(r"<html[^>]*>", answer.text)[0]))


def test_a_new_reader_follows_the_device(client):
    assert looks(client.get("/voorkeuren")) == {
        "text-size": "100", "colour": "auto", "spacing": "normal", "motion": "auto", "aloud": "off"
    }  # fmt: skip


def test_what_is_chosen_holds_on_every_page_and_leads_back(client):
    answer = client.submit("/voorkeuren", {**CHOSEN, "next": "/gallery"}, page="/voorkeuren")
    assert (answer.status_code, answer.location) == (303, "/gallery")
    for path in ("/gallery", "/voorkeuren", "/does-not-exist"):
        assert looks(client.get(path)) == {
            "text-size": "200", "colour": "contrast", "spacing": "wide", "motion": "calm", "aloud": "on"
        }  # fmt: skip
    page = client.get("/voorkeuren").text
    assert all(re.search(rf'id="{name}-{value}"[^>]* checked', page) for name, value in CHOSEN.items())


def test_the_ring_comes_only_for_who_asked_for_it_and_at_the_chosen_pace(client):
    ring = r'data-module="[^"]*scanning"\s+data-pace-s="3" data-switches="two"'
    assert "terminal.css" not in client.get("/voorkeuren").text
    client.submit("/voorkeuren", CHOSEN, page="/voorkeuren")
    page = client.get("/voorkeuren").text
    assert re.search(ring, page)
    assert "/site/terminal.css" in page


def test_all_can_be_put_back(client):
    client.submit("/voorkeuren", CHOSEN, page="/voorkeuren")
    client.submit("/voorkeuren", {**CHOSEN, "reset": "1"}, page="/voorkeuren")
    assert looks(client.get("/voorkeuren"))["text-size"] == "100"


@pytest.mark.parametrize(
    "cookie", ["", "text_size=9999", 'colour="><script>', "%%%", "a=b&" * 1000, "text_size=200&text_size=1"]
)
def test_a_cookie_that_is_no_wish_counts_for_nothing(client, cookie):
    client.client.set_cookie("preferences", cookie)
    assert looks(client.get("/voorkeuren"))["text-size"] == "100"


def test_the_page_offers_every_choice_there_is(client):
    page = client.get("/voorkeuren").text
    offered = {f"{name}-{value}" for name, values in CHOICES.items() for value in values}
    assert offered == set(re.findall(r'class="preference__input"[^>]* id="([^"]+)"', page))


def test_first_choices_are_the_defaults():
    assert all(getattr(Preferences(), name) == values[0] for name, values in CHOICES.items())
