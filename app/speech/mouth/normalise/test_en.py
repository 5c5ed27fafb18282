"""English: what is written, and what is said."""

import pytest

from app.speech.mouth.normalise import spoken_form

SAID = [
    ("12-03-2026", "the 12th of March 20 26"),
    ("2026-03-01", "the 1st of March 20 26"),
    ("03/04/1985", "the 3rd of April 19 85"),
    ("on 12 March 2026", "on the 12th of March 20 26"),
    ("the 2nd of May", "the 2nd of May"),
    ("on the 12 March", "on the 12th of March"),
    ("March 3, 2005", "March the 3rd 2005"),
    ("Mon 5 Jan", "Monday the 5th of January"),
    ("before 22-12", "before the 22nd of December"),
    ("May I help 12 people?", "May I help 12 people?"),
    ("14:30", "2 30 P M"),
    ("9:05", "9 oh 5 A M"),
    ("9:05 am", "9 oh 5 A M"),
    ("2:30 p.m.", "2 30 P M"),
    ("12:00", "12 noon"),
    ("0:00", "midnight"),
    ("00:10", "12 10 A M"),
    ("at 8 pm", "at 8 P M"),
    ("9:00-17:00", "9 A M to 5 P M"),
    ("9:00 – 12:30.", "9 A M to 12 30 P M."),
    ("€1,250.50", "1250 euros 50"),
    ("€ 1.250,50", "1250 euros 50"),
    ("€1", "1 euro"),
    ("€0.75", "75 cents"),
    ("12.50 euros", "12 euros 50"),
    ("€ 10 – € 20", "10 euros to 20 euros"),
    ("€ 5 million", "€ 5 million"),
    ("010 123 45 67", "0 1 0, 1 2 3, 4 5, 6 7"),
    ("+31 6 12345678", "plus 3 1, 6, 1 2, 3 4, 5 6, 7 8"),
    ("14 010", "14, 0 1 0"),
    ("1234 AB", "1 2 3 4, A B"),
    ("Coolsingel 40b", "Coolsingel 40 B"),
    ("NL91 ABNA 0417 1643 00", "N L 9 1, A B N A, 0 4 1 7, 1 6 4 3, 0 0"),
    ("BSN 123456782", "BSN 1 2 3, 4 5 6, 7 8 2"),
    ("1,250 people", "1250 people"),
    ("3.5 km", "3.5 kilometres"),
    ("3.5%", "3.5 percent"),
    ("5–10%", "5 to 10 percent"),
    ("10-12 years", "10 to 12 years"),
    ("1st, 2nd and 21st", "1st, 2nd and 21st"),
    ("e.g. a passport", "for example a passport"),
    ("Mrs. Jansen and Mr Smith", "Missis Jansen and Mister Smith"),
    ("DigiD and BSN", "Diggy D and B S N"),
    ("mail info@wijkstad.nl.", "mail info at wijkstad dot N L."),
    ("https://www.wijkstad.nl/en/passport", "W W W dot wijkstad dot N L slash en slash passport"),
    ("I am at 5.", "I am at 5."),
    ("Room 12.", "Room 12."),
    ("24/7", "24 hours a day"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "said"), SAID)
def test_english_is_said_as_people_say_it(written: str, said: str):
    assert spoken_form(written, "en").text == said
