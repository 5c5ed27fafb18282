import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

LISTEN = """() => {
  window.told = [];
  const tell = ({ type, detail }) => told.push([type, detail]);
  for (const name of ["phrase", "phrase-language"]) addEventListener(name, tell);
}"""


def test_stands_what_every_component_must(check):
    check("phrase_board")


def test_a_pressed_sentence_is_told_in_the_readers_language(show):
    page = show("phrase_board")
    page.evaluate(LISTEN)
    page.get_by_role("button", name="أنا لا أفهم. Ik begrijp het niet.", exact=True).click()
    told = {"id": "not-understand", "language": "ar", "text": "أنا لا أفهم."}
    assert page.evaluate("() => told") == [["phrase", told]]


def test_one_screen_at_a_time_by_keyboard_there_and_back(show):
    page = show("phrase_board")
    title = page.get_by_role("heading", level=3)
    expect(title).to_have_text("Snel zeggen")

    def press(name: str) -> None:
        page.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")

    for name, there in (
        ("Andere zinnen", "Waar gaat het over?"),
        ("Meer keuzes", "Waar gaat het over?"),
        ("الأوراق والرسائل", "الأوراق والرسائل"),
        ("Ga terug", "Waar gaat het over?"),
    ):
        press(name)
        expect(title).to_have_count(1)
        expect(title).to_have_text(there)
        expect(title).to_be_focused()
    expect(page.get_by_role("button", name="الأوراق والرسائل")).to_be_visible()
    press("Ga terug")
    press("Ga terug")
    expect(title).to_have_text("Snel zeggen")


def test_each_language_is_marked_as_itself(show):
    page = show("phrase_board")
    text = page.get_by_text("أنا لا أفهم.").first
    assert text.evaluate("(one) => [one.lang, one.dir, getComputedStyle(one).direction]") == [
        "ar",
        "rtl",
        "rtl",
    ]
    other = page.get_by_text("Ik begrijp het niet.").first
    assert other.evaluate("(one) => [one.lang, one.dir]") == ["nl", "ltr"]
    sizes = [
        float(each.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)")) for each in (text, other)
    ]
    assert sizes[0] > sizes[1]
    expect(page.get_by_text("Niemand die deze taal spreekt, keek dit na.")).to_be_visible()


def test_another_language_is_told_and_a_new_board_keeps_the_focus_there(show):
    page = show("phrase_board")
    page.evaluate(LISTEN)
    choice = page.get_by_label("Taal van de zinnen")
    choice.focus()
    choice.select_option("nl")
    assert page.evaluate("() => told") == [["phrase-language", "nl"]]
    page.evaluate(
        """() => {
          const { component } = document.querySelector("#example-board");
          component.fill(component.element.querySelector(".phrase-board__content").innerHTML);
        }"""
    )
    expect(choice).to_be_focused()


def test_only_a_sentence_with_a_voice_has_a_sound(show):
    page = show("phrase_board")
    expect(page.get_by_role("button", name="Luister:")).to_have_count(1)
    expect(page.get_by_role("button", name="Luister: أنا لا أفهم.")).to_be_visible()


SILENCE = bytes.fromhex(
    "524946462c00000057415645666d74201000000001000100401f0000803e0000020010006461746108000000" + "00" * 8
)


@pytest.mark.parametrize(("sound", "said"), [(SILENCE, ""), (b"no sound", "Deze zin is nu niet te horen.")])
def test_a_sound_plays_to_its_end_or_says_that_it_cannot(show, sound, said):
    page = show("phrase_board")
    page.route(
        "**/zinnen/geluid/ar/not-understand",
        lambda route: route.fulfill(content_type="audio/wav", body=sound),
    )
    page.evaluate(
        """() => {
          window.marks = [];
          const button = document.querySelector("[data-sound]");
          const note = () => marks.push(button.hasAttribute("data-playing"));
          new MutationObserver(note).observe(button, { attributes: true });
        }"""
    )
    page.get_by_role("button", name="Luister: أنا لا أفهم.").click()
    page.wait_for_function("() => marks.length > 0 && !marks.at(-1)")
    expect(page.locator("#example-board [role=status]")).to_have_text(said)
