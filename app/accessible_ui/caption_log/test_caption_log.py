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


def translate(page, sender, utterance, language, text, state, **more):
    line = {
        "from": sender,
        "utterance": utterance,
        "language": language,
        "text": text,
        "state": state,
        **more,
    }
    page.evaluate("(line) => document.querySelector('.caption-log').component.translate(line)", line)


def test_a_translation_stands_large_above_what_was_said_and_each_has_its_language(show):
    page = show("caption_log")
    say(page, "a", "Sara", 1, "Heeft u een paspoort?", language="nl", awaits=True)
    small = page.locator(".caption__text").evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)")
    translate(page, "a", 1, "ar", "DigiD هل لديك جواز سفر؟", "machine")
    line = page.locator(".caption")
    told, original = line.locator(".caption__translation"), line.locator(".caption__text")
    expect(told).to_have_text("DigiD هل لديك جواز سفر؟")
    expect(original).to_have_text("Heeft u een paspoort?")
    expect(line.get_by_text("automatisch vertaald")).to_be_visible()
    for part, language, direction in ((told, "ar", "rtl"), (original, "nl", "ltr")):
        assert part.get_attribute("lang") == language
        assert part.evaluate("(e) => getComputedStyle(e).direction") == direction
    assert line.evaluate("(e) => getComputedStyle(e).direction") == "rtl", (
        "the line turns with its large words"
    )
    large = told.evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)")
    now = original.evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)")
    assert large > now == small, "what waited for its translation does not change its size"
    for look in ("light", "dark", "contrast"):
        page.evaluate("(look) => { document.documentElement.dataset.colour = look; }", look)
        assert_axe(page)


@pytest.mark.parametrize(
    ("state", "text", "told"),
    [
        ("phrase", "Do you have your passport?", "vaste zin"),
        ("fixture", "Have passport?", "proef, geen echte vertaling"),
        ("lost", "", "Niet vertaald: een getal of naam ging verloren."),
        ("missing", "", "Deze taal kunnen wij nog niet vertalen."),
    ],
)
def test_how_a_line_was_translated_is_said_in_words(show, state, text, told):
    page = show("caption_log", width=320)
    say(page, "a", "Sara", 1, "Heeft u een paspoort?", language="nl", awaits=True)
    translate(page, "a", 1, "en", text, state)
    line = page.locator(".caption")
    expect(line.locator(".caption__how")).to_have_text(told)
    expect(line.locator(".caption__text")).to_have_text("Heeft u een paspoort?")
    expect(line.locator(".caption__translation")).to_be_visible(visible=bool(text))
    sizes = page.evaluate(
        "() => ['.caption', '.caption__text'].map((e) => getComputedStyle(document.querySelector(e)).fontSize)"
    )
    assert (sizes[0] == sizes[1]) == (not text), "without a translation the original is the large line"
    assert_axe(page)


def test_a_line_that_waits_is_announced_once_and_in_the_readers_language(show):
    page = show("caption_log")
    announced = page.locator("[data-part=announced]")
    say(page, "a", "Sara", 1, "Heeft u een paspoort?", typed=True, language="nl", awaits=True)
    expect(announced).to_be_empty()
    translate(page, "a", 1, "en", "Do you have a passport?", "machine", typed=True)
    expect(announced).to_have_text("Sara: Do you have a passport?")
    expect(announced).to_have_attribute("lang", "en")
    say(page, "a", "Sara", 2, "Nummer 12", typed=True, language="nl", awaits=True)
    translate(page, "a", 2, "en", "", "lost", typed=True)
    expect(announced).to_have_text("Sara: Nummer 12")
    expect(announced).to_have_attribute("lang", "nl")
    say(page, "b", "Omar", 1, "Ik typ zelf", typed=True, own=True)
    expect(announced).to_have_text("Sara: Nummer 12")


def test_who_waits_in_vain_hears_the_original(show):
    page = show("caption_log")
    page.clock.install()
    say(page, "a", "Sara", 1, "Goedemiddag", typed=True, language="nl", awaits=True)
    page.clock.run_for(13_000)
    expect(page.locator("[data-part=announced]")).to_have_text("Sara: Goedemiddag")
    sizes = page.evaluate(
        "() => ['.caption', '.caption__text'].map((e) => getComputedStyle(document.querySelector(e)).fontSize)"
    )
    assert sizes[0] == sizes[1]


def test_a_translation_without_its_line_does_nothing(show):
    page = show("caption_log")
    translate(page, "a", 9, "en", "Nobody said this", "machine")
    expect(page.locator(".caption")).to_have_count(0)
