"""Each rule of the plain-language check finds what it should, and leaves plain Dutch alone."""

import pytest

from app.domain.plain_language import (
    MILD,
    ExceptionList,
    Limits,
    MalformedExceptions,
    Rule,
    check_page,
    check_text,
)
from app.domain.plain_language.sentences import split_sentences
from app.domain.plain_language.tables import ABBREVIATIONS, OFFICIALESE


def rules_in(text: str, limits: Limits | None = None) -> list[str]:
    return [finding.rule for finding in (check_text(text, limits) if limits else check_text(text))]


@pytest.mark.parametrize(
    "text",
    [
        "U praat straks met iemand van de gemeente.",
        "Wilt u meelezen? Zet dan de tekst aan.",
        "De tekst wordt groter.",
        "Het wordt nu stil. Wacht op de andere mensen.",
        "Bel ons op %(phone)s. Dat kan van 9 tot 17 uur.",
        "Doet uw camera het niet? Praten kan dan nog wel.",
        "Zet de camera uit",
        "Wilt u een tolk of een vriend erbij?",
        "<strong>Let op:</strong> u kunt altijd stoppen.",
        "Kijk op www.voorbeeld.nl/contact of mail naar info@voorbeeld.nl.",
        "U kunt wachten tot u aan de beurt bent.",
        "U kunt terugkomen. U typt zachtjes bij het slotje.",
    ],
)
def test_plain_dutch_passes(text: str) -> None:
    assert check_text(text) == []


@pytest.mark.parametrize(
    ("rule", "text", "found"),
    [
        (Rule.LONG_SENTENCE, "Wij zijn er " + "heel " * 13 + "graag.", "17 woorden"),
        (Rule.SUBORDINATE, "Wacht als u hoort dat u aan de beurt bent.", "2 bijzinnen"),
        (Rule.SUBORDINATE, "De man, die hier zit, wacht omdat het regent.", "2 bijzinnen"),
        (Rule.PASSIVE, "U wordt straks gebeld.", "wordt … gebeld"),
        (Rule.PASSIVE, "Uw vraag werd niet verstuurd.", "werd … verstuurd"),
        (Rule.LONG_WORD, "Dit is een gemeenteraadslid.", "gemeenteraadslid"),
        (Rule.RARE_WORD, "Dit is een kwispedoor.", "kwispedoor"),
        (Rule.OFFICIALESE, "Indien u wilt, kan het.", "Indien"),
        (Rule.OFFICIALESE, "Dat gaat met betrekking tot geld.", "met betrekking tot"),
        (Rule.ABBREVIATION, "Neem iets mee, bijv. een brief.", "bijv."),
        (Rule.ABBREVIATION, "Wat is uw BSN?", "BSN"),
        (Rule.ABBREVIATION, "Dit is x.y.z. en meer.", "x.y.z."),
        (Rule.NUMBER_WORD, "Er zijn drie mensen.", "drie"),
    ],
)
def test_each_rule_finds_its_fault(rule: Rule, text: str, found: str) -> None:
    assert (rule, found) in [(finding.rule, finding.found) for finding in check_text(text)]


def test_a_suggestion_names_the_plainer_word() -> None:
    [finding] = check_text("Indien u wilt, kan het.", where="app/visitor/start.html")
    assert finding.suggestion == "schrijf “als”"
    assert finding.where == "app/visitor/start.html"
    assert finding.sentence == "Indien u wilt, kan het."
    assert "app/visitor/start.html: officialese: Indien" in str(finding)


def test_two_explained_hard_words_may_stand_and_three_may_not() -> None:
    two = "Een kwispedoor (een bak) staat naast de samowar (een kan voor thee)."
    assert rules_in(two) == []
    assert rules_in(two + " Een fagotto is een soort hout.") == [Rule.HARD_WORDS]


def test_an_average_is_judged_over_three_sentences() -> None:
    sentence = "Dit is een zin van meer dan tien gewone woorden hoor. "
    assert Rule.LONG_AVERAGE not in rules_in(sentence.replace("tien", "10") * 2)
    assert Rule.LONG_AVERAGE in rules_in(sentence.replace("tien", "10") * 3)
    page = check_page("p", [sentence.replace("tien", "10")] * 3)
    assert [finding.rule for finding in page.findings] == [Rule.LONG_AVERAGE]


def test_employees_may_get_longer_sentences() -> None:
    text = "Wij zijn er " + "heel " * 14 + "graag."
    assert rules_in(text) == [Rule.LONG_SENTENCE]
    assert rules_in(text, MILD) == []


def test_placeholders_and_tags_are_no_hard_words() -> None:
    [sentence] = split_sentences("Dag %(kwispedoor)s, <em class='x'>welkom</em> bij {plaats}.")
    assert sentence.words == ("Dag", "…x…", "welkom", "bij", "…x…")


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    assert len(split_sentences("Neem iets mee, bijv. een brief. Dat kan.")) == 2


def test_the_score_falls_with_long_sentences_hard_words_and_findings() -> None:
    plain = check_page("p", ["U praat met de gemeente. Dat is gratis."])
    stiff = check_page("p", ["Indien u wenst te participeren, dient u onverwijld te reageren."])
    assert plain.score == 100
    assert stiff.score < 60
    excused = ExceptionList.read('[[word]]\nis = "kwispedoor"\nreason = "staat in de hal"')
    page = check_page("p", ["Een kwispedoor."], exceptions=excused)
    assert not page.findings
    assert page.score < 100


def test_the_list_of_officialese_is_long_and_its_twins_are_plain() -> None:
    assert len(set(OFFICIALESE.plain.values())) >= 150
    stiff = {
        twin: sorted({f.found for f in check_text(twin) if f.rule in (Rule.OFFICIALESE, Rule.RARE_WORD)})
        for twin in {*OFFICIALESE.plain.values(), *ABBREVIATIONS.plain.values()}
        if twin
    }
    assert {twin: found for twin, found in stiff.items() if found} == {}


class TestExceptions:
    ONE = '[[word]]\nis = "Kwispedoor"\nreason = "staat in de hal"\n'

    def test_an_exception_excuses_its_word_and_is_no_longer_stale(self) -> None:
        exceptions = ExceptionList.read(self.ONE)
        assert exceptions.stale() == ["Kwispedoor"]
        assert check_page("p", ["Dit is een kwispedoor."], exceptions=exceptions).findings == ()
        assert exceptions.stale() == []

    def test_a_word_exception_excuses_no_sentence(self) -> None:
        exceptions = ExceptionList.read(self.ONE)
        [finding] = check_page("p", ["Het kwispedoor wordt gepakt."], exceptions=exceptions).findings
        assert finding.rule == Rule.PASSIVE

    def test_a_text_exception_excuses_one_rule_in_one_text(self) -> None:
        exceptions = ExceptionList.read(
            '[[text]]\ntext = "U wordt gebeld."\nrule = "passive"\nreason = "wie belt, is onbekend"'
        )
        assert check_page("p", ["U wordt gebeld."], exceptions=exceptions).findings == ()
        assert len(check_page("p", ["Ik word gebeld."], exceptions=exceptions).findings) == 1

    @pytest.mark.parametrize(
        ("toml", "problem"),
        [
            ('[[word]]\nis = "x"', "no reason"),
            ('[[word]]\nis = "x"\nreason = "daarom"', "no reason"),
            ('[[word]]\nreason = "een goede reden"', "no 'is'"),
            ('[[text]]\ntext = "x"\nreason = "een goede reden"', "must name the one rule"),
            ('[[word]]\nis = "x"\nrule = "taste"\nreason = "een goede reden"', "unknown rule"),
            ('[[word]]\nis = "x"\nwhy = "?"\nreason = "een goede reden"', "unknown field"),
            (ONE + ONE, "twice"),
            ("[[words]]\n", "unknown table"),
            ("[[word", "Expected"),
        ],
    )
    def test_a_careless_list_is_refused(self, toml: str, problem: str) -> None:
        with pytest.raises(MalformedExceptions, match=problem):
            ExceptionList.read(toml)
