"""Answers to several offers at once are made one after another, and none can hold up the others for good."""

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

RUN = """async ([kinds, longestMs]) => {
  const start = document.querySelector("script[type=module]").src;
  const { inTurn } = await import(start.replace("accessible_ui/start.js", "conversations/call/turns.js"));
  const told = [];
  const steps = async (name) => {
    told.push(`${name} begins`);
    await Promise.resolve();
    await Promise.resolve();
    told.push(`${name} ends`);
  };
  const work = {
    whole: (name) => steps(name),
    broken: async (name) => { told.push(`${name} fails`); throw new Error("no"); },
    endless: (name) => { told.push(`${name} begins`); return new Promise(() => {}); },
  };
  const done = kinds.map((kind, index) => {
    const name = index + 1;
    return inTurn(() => work[kind](name), longestMs).catch(() => told.push(`${name} is told`));
  });
  await done.at(-1);
  return told;
}"""


def told(page: Page, *kinds: str, longest_ms: int = 60_000) -> list[str]:
    lines: list[str] = page.evaluate(RUN, [kinds, longest_ms])
    return lines


def test_one_after_another(page: Page) -> None:
    assert told(page, "whole", "whole", "whole") == [
        f"{n} {what}" for n in (1, 2, 3) for what in ("begins", "ends")
    ]


def test_who_fails_is_told_and_the_next_begins(page: Page) -> None:
    lines = told(page, "broken", "whole")
    assert set(lines) == {"1 fails", "1 is told", "2 begins", "2 ends"}


def test_a_connection_that_was_closed_in_mid_answer_holds_up_nobody(page: Page) -> None:
    assert told(page, "endless", "whole", longest_ms=10) == ["1 begins", "2 begins", "2 ends"]
