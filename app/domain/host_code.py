"""The code that lets a library's host into a terminal's own part: what it looks like, and which ones are unfit."""

import re
from itertools import pairwise
from secrets import choice

MADE_DIGITS, LEAST_DIGITS, MOST_DIGITS = 8, 6, 12


class UnfitCode(Exception):
    """Too short, too long, no digits, or one that everybody tries first."""


def new_host_code() -> str:
    while True:
        code = "".join(choice("0123456789") for _ in range(MADE_DIGITS))
        try:
            return fit_host_code(code)
        except UnfitCode:
            continue


def fit_host_code(code: str) -> str:
    """Its bare digits. Raises UnfitCode."""
    digits = bare_digits(code)
    if not digits.isascii() or not digits.isdigit() or not LEAST_DIGITS <= len(digits) <= MOST_DIGITS:
        raise UnfitCode
    if {int(after) - int(before) for before, after in pairwise(digits)} in ({0}, {1}, {-1}):
        raise UnfitCode
    return digits


def bare_digits(code: str) -> str:
    """As it is typed: spaces, dots and hyphens do not matter."""
    return re.sub(r"[\s.\-]", "", code[:100])
