import pytest
from playwright.sync_api import expect

from tests.browser import assert_axe

pytestmark = pytest.mark.browser


def say(page, sender, name, utterance, text, final=True, **more):
    line = {"from": sender, "name": name, "utterance": utterance, "text": text, "final": final, **more}
    page.evaluate("(line) => document.querySelector('.caption-log').component.show(line)", line)


def test_stands_what_every_component_must(check):
    check("caption_log")


def test_puts_the_name_before_the_words_and_says_that_a_machine_heard_them(show):
    page = show("caption_log")
    say(page, "a", "Sara", 1, "Goedemiddag", language="nl")
    line = page.locator(".caption").filter(has_text="Goedemiddag")
    assert line.inner_text().split() == ["Sara", "automatisch", "Goedemiddag"]
    assert line.locator(".caption__text").get_attribute("lang") == "nl"
    assert_axe(page)


def test_a_partial_line_grows_in_place_and_is_marked_by_more_than_colour(show):
    page = show("caption_log")
    say(page, "a", "Sara", 1, "Goede", final=False)
    text = page.locator(".caption__text")
    assert text.evaluate("(e) => getComputedStyle(e, '::after').content") == '" …"'
    say(page, "a", "Sara", 1, "Goedemiddag", final=True)
    expect(text).to_have_count(1)
    assert text.evaluate("(e) => getComputedStyle(e, '::after').content") == "none"


def test_is_silent_for_screen_readers_until_asked_and_then_tells_final_lines_only(show):
    page = show("caption_log")
    announced = page.locator("[data-part=announced]")
    assert page.get_by_role("log").get_attribute("aria-live") == "off"
    say(page, "a", "Sara", 1, "Goedemiddag")
    expect(announced).to_be_empty()
    page.locator("summary", has_text="Hoe u leest").click()
    page.get_by_role("button", name="Meld elke regel").click()
    say(page, "a", "Sara", 2, "Waar kan", final=False)
    expect(announced).to_be_empty()
    say(page, "a", "Sara", 2, "Waar kan ik u mee helpen?")
    expect(announced).to_have_text("Sara: Waar kan ik u mee helpen?")


def test_who_scrolled_back_keeps_the_place_until_going_to_the_newest(show):
    page = show("caption_log")
    for number in range(60):
        say(page, "a", "Sara", number, f"Regel {number}")
    log = page.get_by_role("log")
    log.evaluate("(e) => { e.scrollTop = 0; }")
    newest = page.get_by_role("button", name="Ga naar het nieuwste")
    expect(newest).to_be_visible()
    say(page, "a", "Sara", 60, "Regel 60")
    assert log.evaluate("(e) => e.scrollTop") == 0
    newest.click()
    expect(newest).to_be_hidden()
    assert log.evaluate("(e) => e.scrollHeight - e.scrollTop - e.clientHeight") < 48
    say(page, "a", "Sara", 61, "Regel 61")
    assert log.evaluate("(e) => e.scrollHeight - e.scrollTop - e.clientHeight") < 48


def test_turns_arabic_lines_with_their_names(show):
    page = show("caption_log")
    say(page, "a", "Sara", 1, "Goedemiddag", language="nl")
    say(page, "b", "حسن", 1, "مساء الخير", language="ar")
    assert [line.get_attribute("dir") for line in page.locator(".caption").all()] == ["ltr", "rtl"]
    assert page.locator(".caption").first.get_attribute("data-colour") != page.locator(
        ".caption"
    ).last.get_attribute("data-colour")


def test_never_reads_words_as_html(show):
    page = show("caption_log")
    say(page, "a", "<b>Sara</b>", 1, "<img src=x onerror=alert(1)>")
    assert page.locator(".caption img, .caption__who b").count() == 0
    expect(page.locator(".caption__text")).to_have_text("<img src=x onerror=alert(1)>")


def test_size_and_place_are_kept_on_this_device(show):
    page = show("caption_log")
    page.evaluate("() => addEventListener('caption-look', (event) => { window.told = event.detail; })")
    page.locator("summary", has_text="Hoe u leest").click()
    page.get_by_role("button", name="Groter").click()
    page.get_by_role("button", name="Zet boven het beeld").click()
    assert page.evaluate("() => window.told") == {"size": "2", "position": "above"}
    say(page, "a", "Sara", 1, "Groot")
    assert page.locator(".caption__text").evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)") >= 24
    page.reload()
    expect(page.locator(".caption-log[data-size='2'][data-position='above']")).to_be_visible()


def test_keeps_no_more_than_it_can_show(show):
    page = show("caption_log")
    page.evaluate(
        "() => { for (let n = 0; n < 450; n++) document.querySelector('.caption-log').component"
        ".show({from: 'a', name: 'Sara', utterance: n, text: `${n}`, final: true}); }"
    )
    expect(page.locator(".caption")).to_have_count(400)
    expect(page.locator(".caption__text").first).to_have_text("50")
