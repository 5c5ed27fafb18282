"""Every Dutch text that we ship is plain, and none of the exceptions is kept for nothing."""

import pytest

from app.accessible_ui.plain_language import check_pages, limits_for, main, texts_per_page
from app.domain.plain_language import MILD, STRICT, ExceptionList
from app.storage.demo_texts import dutch_texts


def test_every_dutch_text_is_plain() -> None:
    exceptions = ExceptionList.standard()
    pages = texts_per_page()
    for where, text in dutch_texts():
        pages.setdefault(where, []).append(text)
    results = check_pages(pages, exceptions)
    assert [str(finding) for result in results for finding in result.findings] == []
    assert exceptions.stale() == []


def test_citizens_are_written_to_strictly_and_employees_mildly() -> None:
    assert limits_for("app/visitor/start.html") is STRICT
    assert limits_for("app/conversations/call/call.html") is STRICT
    assert limits_for("app/desk/console.html") is MILD


def test_the_command_scores_one_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["Indien", "u", "wilt,", "kan", "het."]) == 1
    assert "schrijf “als”" in capsys.readouterr().out
    assert main(["Als", "u", "wilt,", "kan", "het."]) == 0


def test_a_hard_text_from_elsewhere_fails_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], more_texts=[("service type moving", "U wordt onverwijld ingelicht.")]) == 1
    assert "service type moving: passive" in capsys.readouterr().out
