"""A municipality's own words, kept on both databases: what counts in a talk, whose they are, what is refused."""

import threading
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from app.domain.conversations import NotFound
from app.domain.phrases import load_phrases
from app.domain.words import LONGEST_WORD, MOST_WORDS, UnfitWord, built_in_terms
from app.storage.conversations import StoredConversations
from app.storage.database import Database
from app.storage.demo import seed_demo
from app.storage.tables import MunicipalityRow, OwnPhraseRow, TermRow, VocabularyWordRow
from app.storage.words import StoredWords

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def words(database: Database) -> StoredWords:
    seed_demo(database, NOW, QUICK)
    return StoredWords(database)


def elsewhere(database: Database) -> int:
    """Another municipality in the same database, with words of its own."""
    with database.writing() as session:
        town = MunicipalityRow(
            slug="elders",
            name="Elders",
            phone="",
            email="",
            website="",
            address="",
            opening_hours={},
            theme="",
        )
        session.add(town)
        session.flush()
        session.add_all(
            [
                OwnPhraseRow(municipality_id=town.id, said_by="both", subject="own", texts={"nl": "Elders."}),
                TermRow(municipality_id=town.id, source="nl", word="elders", target="en", translation="x"),
                VocabularyWordRow(municipality_id=town.id, word="Eldersstraat"),
            ]
        )
        return town.id


def test_a_talk_listens_for_the_municipalitys_words_and_its_own_service(words, database) -> None:
    elsewhere(database)
    conversations = StoredConversations(database, clock=lambda: NOW)
    heard = {
        service.slug: words.vocabulary(conversations.start_conversation(1, service.id)[0].id)
        for service in conversations.service_types(1)
    }
    assert "bijzondere bijstand" in heard["hulp-met-formulieren"]
    assert "bijzondere bijstand" not in heard["geboorte-aangeven"]
    for vocabulary in heard.values():
        assert vocabulary[0] == "Waterstad", "what counts everywhere comes first"
        assert "Wilgenkade" in vocabulary
        assert "Eldersstraat" not in vocabulary
    assert words.vocabulary("no such talk") == ()
    assert words.vocabulary("\0") == ()


def test_own_terms_win_over_the_built_in_list(words) -> None:
    ours = dict(built_in_terms("nl", "en"))
    official = next(iter(ours))
    assert words.terms("nl", "en") == ours
    words.add_term("nl", official.upper(), "en", "our word")
    assert words.terms("nl", "en") == {k: v for k, v in ours.items() if k != official} | {
        official.upper(): "our word"
    }
    assert words.terms("en", "nl") == built_in_terms("en", "nl"), "one way only"
    assert words.terms("nl", "xx") == {}
    words.remove_term(words.own_terms()[0].id)
    assert words.terms("nl", "en") == ours


def test_own_phrases_are_on_the_board_at_once_and_win(words) -> None:
    official = load_phrases().all_phrases[0]
    text = official.text["nl"]
    before = words.board()
    assert words.board() is before, "made once"
    added = words.add_phrase("both", official.subject, {"nl": f"  {text} ", "en": "Ours.", "ar": ""})
    assert added.text == {"nl": text, "en": "Ours."}
    assert words.board().find(text.upper(), "nl", "en") == "Ours."
    assert words.board().find(text, "nl", "tr") == official.text["tr"], "no own text: ours still holds"
    assert words.board().phrases("citizen", official.subject)[0].id == f"own-{added.id}"
    words.remove_phrase(added.id)
    assert words.board().find(text, "nl", "en") == official.text["en"]


def test_another_process_sees_it_too(words, database) -> None:
    other = StoredWords(database)
    other.board()
    words.add_phrase("citizen", "own", {"nl": "Ik kom voor de bus.", "en": "I come for the bus."})
    assert other.board().find("ik kom voor de bus", "nl", "en") == "I come for the bus."


def test_another_municipalitys_words_are_neither_seen_nor_removed(words, database) -> None:
    elsewhere(database)
    seen = [p.text["nl"] for p in words.own_phrases()], words.own_terms(), words.vocabulary_words()
    assert "Elders." not in seen[0]
    assert seen[1] == []
    with database.reading() as session:
        kinds = OwnPhraseRow, TermRow, VocabularyWordRow
        ids = {kind: session.scalar(select(func.max(kind.id))) for kind in kinds}
    words.remove_phrase(ids[OwnPhraseRow])
    words.remove_term(ids[TermRow])
    words.remove_vocabulary_word(ids[VocabularyWordRow])
    with database.reading() as session:
        for kind, row_id in ids.items():
            assert session.get(kind, row_id) is not None


def refused(reason: str, field: str, add, *arguments) -> None:
    with pytest.raises(UnfitWord) as unfit:
        add(*arguments)
    assert (unfit.value.reason, unfit.value.field) == (reason, field)


def test_what_does_not_fit_is_refused_by_field_and_reason(words) -> None:
    refused("empty", "text.nl", words.add_phrase, "both", "own", {"nl": " ?! ", "en": "Yes."})
    refused("empty", "text.nl", words.add_phrase, "both", "own", {"en": "Yes."})
    refused("long", "text.ar", words.add_phrase, "both", "own", {"nl": "Ja.", "ar": "ا" * 201})
    refused("long", "text.nl", words.add_phrase, "both", "own", {"nl": "a " * 1_000_000})
    refused("unknown", "text.xx", words.add_phrase, "both", "own", {"nl": "Ja.", "xx": "?"})
    refused("unknown", "by", words.add_phrase, "mayor", "own", {"nl": "Ja."})
    refused("unknown", "subject", words.add_phrase, "both", "../etc", {"nl": "Ja."})
    refused("unknown", "source", words.add_term, "xx", "a", "en", "b")
    refused("unknown", "target", words.add_term, "nl", "a", "nl", "b")
    refused("empty", "translation", words.add_term, "nl", "a", "en", "\u202e \u2066")
    refused("long", "word", words.add_term, "nl", "a" * (LONGEST_WORD + 1), "en", "b")
    refused("empty", "word", words.add_vocabulary_word, "\0\n", None)
    for nobody in (0, -1, 999_999, 2**31, 2**63):
        refused("unknown", "service_type", words.add_vocabulary_word, "a", nobody)
    words.add_term("nl", "Paspoort", "en", "passport")
    refused("twice", "word", words.add_term, "nl", "paspoort", "en", "pass")
    words.add_term("nl", "paspoort", "de", "Pass")
    refused("twice", "word", words.add_vocabulary_word, "wilgenkade", None)
    words.add_vocabulary_word("wilgenkade", 1)


def test_what_hides_or_reorders_is_taken_out(words) -> None:
    assert words.add_vocabulary_word("\u202eWil\u0000gen\n\thof ", None).word == "Wilgen hof"
    assert words.add_phrase("both", "own", {"nl": "Ja.", "fa": "نمی\u200cشوم"}).text["fa"] == "نمی\u200cشوم"


@pytest.mark.parametrize("number", [0, -1, 2**31, 2**70])
def test_removing_what_is_not_there_does_nothing(words, number) -> None:
    before = words.own_phrases(), words.vocabulary_words()
    words.remove_phrase(number)
    words.remove_term(number)
    words.remove_vocabulary_word(number)
    assert (words.own_phrases(), words.vocabulary_words()) == before


def test_the_list_has_an_end(words, database) -> None:
    with database.writing() as session:
        session.add_all(VocabularyWordRow(municipality_id=1, word=f"w{n}") for n in range(MOST_WORDS))
    refused("many", "word", words.add_vocabulary_word, "one more", None)


def test_two_who_add_the_same_word_at_once_add_it_once(words) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(8)

    def add() -> None:
        start.wait()
        try:
            words.add_vocabulary_word("Kerkpad", None)
            outcomes.append("added")
        except UnfitWord as unfit:
            outcomes.append(unfit.reason)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["added"] + ["twice"] * 7


def test_before_there_is_a_municipality(database) -> None:
    words = StoredWords(database)
    assert words.board().all_phrases == load_phrases().all_phrases
    assert words.own_phrases() == []
    with pytest.raises(NotFound):
        words.add_vocabulary_word("Kerkpad", None)
