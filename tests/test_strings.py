"""The catalogues are complete, and the check that says so notices each way in which they could not be."""

import gettext
from collections.abc import Callable
from pathlib import Path

import pytest
from babel import Locale

from app.accessible_ui.bare_texts import bare_texts, template_texts, unreadable_calls
from app.accessible_ui.catalogues import PLURAL_FORMS, catalogue_faults, catalogue_path, read_catalogue
from app.accessible_ui.languages import LANGUAGES
from app.accessible_ui.source_texts import ROOT, extract_source_texts
from tools import strings

TEMPLATE = """\
<h1>{{ _("Welkom") }}</h1>
<p>{{ _("Dag %(name)s.", name=name) }}</p>
<p>{% trans n=people %}%(n)s mens{% pluralize %}%(n)s mensen{% endtrans %}</p>
<p>{{ _("Lees <b>dit</b>.") }}</p>
"""
MODULE = 'from flask_babel import lazy_gettext as _l\n\nTITLE = _l("Hallo")\n'

ENGLISH = {
    "Welkom": "Welcome",
    "Dag %(name)s.": "Hello %(name)s.",
    "Lees <b>dit</b>.": "Read <b>this</b>.",
    "Hallo": "Hello",
}
ARABIC = {
    "Welkom": "أهلا بكم",
    "Dag %(name)s.": "مرحبا %(name)s.",
    "Lees <b>dit</b>.": "اقرأ <b>هذا</b>.",
    "Hallo": "مرحبا",
}
ENGLISH_PEOPLE = ("%(n)s person", "%(n)s people")
ARABIC_PEOPLE = ("لا أحد", "شخص واحد", "شخصان", "%(n)s أشخاص", "%(n)s شخصا", "%(n)s شخص")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small product, completely translated."""
    (tmp_path / "babel.cfg").write_bytes((ROOT / "babel.cfg").read_bytes())
    (tmp_path / "app").mkdir()
    (tmp_path / "app/page.html").write_text(TEMPLATE)
    (tmp_path / "app/page.py").write_text(MODULE)
    assert strings.update(tmp_path) == 0
    for language, texts, people in (("en", ENGLISH, ENGLISH_PEOPLE), ("ar", ARABIC, ARABIC_PEOPLE)):
        path = catalogue_path(language, tmp_path)
        content = path.read_text()
        for dutch, translation in texts.items():
            untranslated = f'msgid "{dutch}"\nmsgstr ""'
            content = content.replace(untranslated, untranslated[:-1] + f'{translation}"')
        for number, form in enumerate(people):
            content = content.replace(f'msgstr[{number}] ""', f'msgstr[{number}] "{form}"')
        path.write_text(content)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new))


def test_a_complete_product_passes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert strings.check(project) == 0, capsys.readouterr().out


def in_catalogue(language: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda project: change(catalogue_path(language, project), old, new)


def in_template(old: str, new: str) -> Callable[[Path], None]:
    return lambda project: change(project / "app/page.html", old, new)


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (in_template("</h1>", '</h1>{{ _("Nieuw") }}'), "en: missing: 'Nieuw' (app/page.html)"),
        (in_template('{{ _("Welkom") }}', ""), "ar: stale: 'Welkom'"),
        (in_catalogue("en", 'msgstr "Welcome"', 'msgstr ""'), "en: missing: 'Welkom'"),
        (in_catalogue("en", 'msgid "Welkom"', '#, fuzzy\nmsgid "Welkom"'), "en: fuzzy: 'Welkom'"),
        (
            lambda project: catalogue_path("en", project).write_text(
                catalogue_path("en", project).read_text() + '\n#~ msgid "Oud"\n#~ msgstr "Old"\n'
            ),
            "en: obsolete",
        ),
        (in_catalogue("en", "Hello %(name)s.", "Hello %(naam)s."), "placeholders differ (misses %(name)s"),
        (in_catalogue("ar", "%(n)s أشخاص", "أشخاص"), "ar: placeholders differ (misses %(n)s)"),
        (in_catalogue("ar", 'msgstr[5] "%(n)s شخص"', 'msgstr[5] ""'), "needs 6 forms, has 5"),
        (in_catalogue("en", "Welcome", "Welcome "), "begins or ends with a space: 'Welkom'"),
        (in_catalogue("en", "<b>this</b>", "<b>this"), "other HTML tags"),
        (in_catalogue("en", "<b>this</b>", "<i>this</i>"), "other HTML tags"),
        (in_catalogue("en", "<b>this</b>", "<b onclick='x'>this</b>"), "other HTML tags"),
        (in_catalogue("en", "Hello %(name)s.", "Hello %(name)s"), "ends with another mark"),
        (in_catalogue("en", "Hello %(name)s.", "50 % %(name)s."), "lone %"),
        (in_catalogue("ar", "أهلا بكم", "Welkom"), "has no Arabic letter"),
        (in_template("</h1>", '</h1>{{ _(" Welkom") }}'), "begins or ends with a space"),
        (in_template("</h1>", "</h1>{% trans %}Dag\n allen{% endtrans %}"), "has a line break"),
        (in_template("</h1>", "</h1><p>Vast stuk tekst</p>"), "not translatable: 'Vast stuk tekst'"),
        (in_template("</h1>", '</h1><a title="Ga weg">{{ _("Hallo") }}</a>'), "not translatable: 'Ga weg'"),
        (in_template("</h1>", '</h1>{{ button("Ga verder") }}'), "not translatable: 'Ga verder'"),
        (
            lambda project: change(project / "app/page.py", '_l("Hallo")', '_l(f"Hallo {1}")'),
            "app/page.py:3: gettext needs a plain string",
        ),
        (in_catalogue("en", "msgstr", "mgstr"), "en: the file cannot be read"),
    ],
)
def test_each_damage_is_named(
    project: Path, damage: Callable[[Path], None], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(project)
    assert strings.check(project) == 1
    assert problem in capsys.readouterr().out


def test_update_adds_drops_and_keeps_and_is_stable(project: Path) -> None:
    in_template("Welkom", "Goeiedag")(project)
    path = catalogue_path("en", project)
    assert strings.update(project) == 0
    updated = path.read_text()
    assert '"Goeiedag"' in updated
    assert '"Welkom"' not in updated
    assert '"Hello %(name)s."' in updated
    assert strings.update(project) == 0
    assert path.read_text() == updated
    assert "app/page.html:" not in updated, "line numbers would make every diff large"


def test_compiled_catalogues_speak(project: Path) -> None:
    assert strings.compile_all(project) == 0
    arabic = gettext.translation("messages", project / "translations", ["ar"])
    forms = [arabic.ngettext("%(n)s mens", "%(n)s mensen", count) for count in (0, 1, 2, 3, 11, 100)]
    assert tuple(forms) == ARABIC_PEOPLE


def test_a_name_in_its_own_language_needs_no_translation() -> None:
    assert list(template_texts('<a lang="en">English</a><svg><path d="M0 0"/></svg> Wijkbalie')) == []
    assert list(template_texts('<html lang="nl"><p>Los</p></html>')) == ["Los"]
    assert list(template_texts('{% trans %}Vertaald{% endtrans %}{{ _("Ook vertaald") }}')) == []


def test_a_built_up_string_is_noticed() -> None:
    assert list(unreadable_calls('_("a" + b)\n_(f"{a}")\n_(a)\n_("a %(x)s", x=1)\n')) == [1, 2]


# What we ship


@pytest.mark.parametrize("language", PLURAL_FORMS)
def test_our_catalogue_is_complete(language: str) -> None:
    assert list(catalogue_faults(language, extract_source_texts())) == []


def test_no_text_of_ours_escapes_translation() -> None:
    assert list(bare_texts()) == []


def test_each_language_offered_has_a_catalogue_and_its_own_direction() -> None:
    assert set(LANGUAGES) == {"nl", *PLURAL_FORMS}
    assert {code: language.direction for code, language in LANGUAGES.items()} == {
        code: "rtl" if Locale(code).text_direction == "rtl" else "ltr" for code in LANGUAGES
    }
    assert {code: language.name.lower() for code, language in LANGUAGES.items()} == {
        code: (Locale(code).get_language_name() or "").lower() for code in LANGUAGES
    }


@pytest.mark.parametrize("language", PLURAL_FORMS)
def test_the_catalogue_says_what_it_is(language: str) -> None:
    catalogue = read_catalogue(language)
    assert catalogue.locale == Locale(language)
    assert catalogue.charset == "utf-8"
    assert catalogue.num_plurals == (6 if language == "ar" else 2)
