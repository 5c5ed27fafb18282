import pytest

pytestmark = pytest.mark.browser


def test_stands_what_every_component_must(check):
    check("language_picker")
