"""A receipt as a PDF, made in memory: on a roll of 80 mm, as long as its words, in any script of the terminal."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from app.domain.languages import direction

FONTS = Path("/usr/share/fonts/truetype/noto")
"""Debian's fonts-noto-core. The terminal's image has it for its pages, too."""
WIDTH_MM = 80
_EDGE_MM = 4
_TITLE_PT, _LINE_PT = 16, 12
_LINE_HEIGHT = 1.4
_PT_MM = 25.4 / 72
_SCRIPTS = {
    "ar": "Arabic",
    "fa": "Arabic",
    "ps": "Arabic",
    "ur": "Arabic",
    "ti": "Ethiopic",
    "hi": "Devanagari",
}
"""By language; all others are in the font of Latin, Greek and Cyrillic."""

# It would tell which letters of a text it cannot draw, and so write the text into the log.
logging.getLogger("fpdf").setLevel(logging.CRITICAL)
logging.getLogger("fontTools").setLevel(logging.CRITICAL)


class NoFont(Exception):
    """The letters of this language are not installed here."""


@dataclass(frozen=True, slots=True)
class _Look:
    """Of one paragraph."""

    text: str
    style: str
    size_pt: int

    @property
    def line_mm(self) -> float:
        return self.size_pt * _PT_MM * _LINE_HEIGHT


def receipt_pdf(lines: Sequence[str], language: str, title: str = "") -> bytes:
    """lines: one paragraph each; long ones are broken. Raises NoFont."""
    looks = [_Look(title, "B", _TITLE_PT)] if title else []
    looks += [_Look(line, "", _LINE_PT) for line in lines]
    # A page must know its length before it begins, so the words are measured on one without an end.
    length = _written(looks, language, 5_000).get_y() + 2 * _EDGE_MM
    return bytes(_written(looks, language, max(length, WIDTH_MM)).output())


def _written(looks: Sequence[_Look], language: str, length_mm: float) -> FPDF:
    pdf = FPDF(unit="mm", format=(WIDTH_MM, length_mm))
    pdf.set_margin(_EDGE_MM)
    pdf.set_auto_page_break(False)
    pdf.set_title("Bon")
    pdf.set_lang(language)
    _use_fonts(pdf, language)
    right_to_left = direction(language) == "rtl"
    pdf.set_text_shaping(use_shaping_engine=True, direction=direction(language))
    pdf.add_page()
    for look in looks:
        # A space within a number would turn its parts around in a script from right to left (UAX 9, W2 and N1).
        text = re.sub(r"(?<=\d) (?=\d)", "\u00a0", look.text)
        pdf.set_font("letters", look.style, look.size_pt)
        pdf.multi_cell(
            0, look.line_mm, text, align="R" if right_to_left else "L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
        pdf.ln(look.line_mm * 0.3)
    return pdf


def _use_fonts(pdf: FPDF, language: str) -> None:
    """A text may hold letters of another script: a name, a telephone number. Those come from the Latin font."""
    script = _SCRIPTS.get(language, "")
    for style, weight in (("", "Regular"), ("B", "Bold")):
        for family, name in (("letters", script), ("latin", "")):
            file = FONTS / f"NotoSans{name}-{weight}.ttf"
            if not file.is_file():
                raise NoFont(language)
            pdf.add_font(family, style, file)
    pdf.set_fallback_fonts(["latin"], exact_match=False)
