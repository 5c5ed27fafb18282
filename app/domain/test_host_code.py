"""Codes for a terminal's host: which ones are fit, and that a made one is."""

import pytest

from app.domain.host_code import MADE_DIGITS, UnfitCode, fit_host_code, new_host_code


def test_a_made_code_is_fit_and_no_two_are_alike() -> None:
    made = {new_host_code() for _ in range(200)}
    assert len(made) == 200
    assert {len(code) for code in made} == {MADE_DIGITS}
    assert {fit_host_code(code) for code in made} == made


@pytest.mark.parametrize(("typed", "digits"), [("4091 7263", "40917263"), ("40-91.72", "409172")])
def test_spaces_dots_and_hyphens_do_not_matter(typed: str, digits: str) -> None:
    assert fit_host_code(typed) == digits


@pytest.mark.parametrize(
    "code", ["", "12345", "1" * 13, "abcdefgh", "00000000", "12345678", "87654321", "\u0661" * 8]
)
def test_what_everybody_tries_first_is_unfit(code: str) -> None:
    with pytest.raises(UnfitCode):
        fit_host_code(code)
