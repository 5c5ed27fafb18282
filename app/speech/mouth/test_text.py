"""Text on its way to an engine and back; speech kept and framed. No engine needed."""

import io
import wave

import pytest

from app.domain.speech import SpokenText
from app.speech.mouth.cache import SpokenCache
from app.speech.mouth.engine import wav
from app.speech.mouth.frames import BadFrame, pack, unpack
from app.speech.mouth.text import safe_text, time_words


def words_of(given: str, places: list[int]) -> list[str]:
    timings = time_words(
        given, safe_text(given), [(index * 100, place) for index, place in enumerate(places)]
    )
    return [given[word.offset : word.offset + word.length] for word in timings]


def test_commands_hidden_in_control_characters_become_spaces():
    assert safe_text("ja\x0150S\x00nee\x1b").text == "ja 50S nee "


def test_marks_without_sound_are_left_out_and_places_still_lead_back():
    safe = safe_text("\u200fge\u00admeen\u200dte \ufe0fdag\ud83d")
    assert safe.text == "gemeente dag"
    assert safe.origins[safe.text.index("d")] == len("\u200fge\u00admeen\u200dte \ufe0f")


def test_markup_stays_text():
    assert safe_text("<b>Jansen & Zonen</b> [[a]]").text == "<b>Jansen & Zonen</b> [[a]]"


def test_a_number_that_the_engine_marks_in_parts_is_one_word():
    given = "Het kost 12.500 euro."
    assert words_of(given, [0, 4, 9, 11, 13, 16]) == ["Het", "kost", "12.500", "euro"]


def test_quotes_and_full_stops_are_no_part_of_a_word():
    assert words_of("“Dag”, zei (mevrouw) De Vries!", [1, 7, 12, 21, 24]) == [
        "Dag",
        "zei",
        "mevrouw",
        "De",
        "Vries",
    ]


def test_words_never_go_back():
    assert words_of("een twee drie vier", [4, 9, 0, -1, 99, 9]) == ["twee", "drie"]


def test_words_that_the_engine_runs_together_share_the_time():
    given = "out of the house"
    timings = time_words(given, safe_text(given), [(0, 0), (100, 4), (800, 11)])
    assert [(given[word.offset :][: word.length], word.start_ms) for word in timings] == [
        ("out", 0),
        ("of", 100),
        ("the", 400),
        ("house", 800),
    ]


def test_a_joined_word_is_whole_again():
    given = "ge\u00admeente huis"
    assert words_of(given, [0, 9]) == ["ge\u00admeente", "huis"]


def test_wav_header_says_what_follows():
    with wave.open(io.BytesIO(wav(b"\1\2" * 2205, 22_050))) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 22_050)
        assert sound.readframes(9999) == b"\1\2" * 2205


def spoken(size: int) -> SpokenText:
    return SpokenText(bytes(size), (), 1)


def test_the_cache_forgets_the_least_used_and_stays_in_its_bytes():
    cache = SpokenCache(max_bytes=4_000)
    keys = [cache.key(name, "nl", 1.0, "espeak") for name in "abcdef"]
    for key in keys[:5]:
        cache.put(key, spoken(600))
    assert cache.get(keys[0])
    cache.put(keys[5], spoken(600))
    assert cache.get(keys[1]) is None
    assert cache.get(keys[0])
    assert cache.get(keys[5])
    assert cache.size_bytes <= 4_000


def test_very_long_speech_is_not_kept():
    cache = SpokenCache(max_bytes=4_000)
    cache.put(b"k", spoken(1_500))
    assert cache.get(b"k") is None
    assert cache.size_bytes == 0


def test_putting_twice_counts_once():
    cache = SpokenCache(max_bytes=4_000)
    cache.put(b"k", spoken(500))
    size = cache.size_bytes
    cache.put(b"k", spoken(500))
    assert cache.size_bytes == size


def test_everything_that_changes_the_sound_is_in_the_key():
    asked = [
        ("a", "nl", 1.0, "espeak"),
        ("a", "en", 1.0, "espeak"),
        ("a", "nl", 0.8, "espeak"),
        ("a", "nl", 1.0, "x"),
    ]
    assert len({SpokenCache.key(*one) for one in asked}) == len(asked)


def test_frames_come_out_as_they_went_in():
    head, body = unpack(io.BytesIO(pack({"text": "a\ud800é"}, b"sound")).read)
    assert head == {"text": "a\ud800é"}
    assert body == b"sound"


@pytest.mark.parametrize(
    "sent", [b"", b"\0\0", pack({"a": 1}, b"xyz")[:-1], b"\xff" * 8, b"\0\0\0\1\0\0\0\0{"]
)
def test_a_broken_frame_is_told(sent: bytes):
    with pytest.raises(BadFrame):
        unpack(io.BytesIO(sent).read)
