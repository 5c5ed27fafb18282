"""Each theme is readable in each of its colours: 7:1 for words (WCAG 1.4.6)."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
THEMES = sorted(FOLDER.glob("themes/*.css"))
LAYERS = (":root", ':root[data-colour="dark"]', ':root[data-colour="contrast"]')
WORDS = ("400", "500", "600", "700")
SCALES = ("neutral", "accent", "link", "positive", "warning", "negative", "highlight")


def palette(theme, layer):
    css = re.sub(r"/\*[\s\S]*?\*/", "", theme.read_text())
    blocks = dict(re.findall(r"(:root[^{]*?)\s*\{([^}]*)\}", css))
    return dict(re.findall(r"--theme-([\w-]+):\s*(#[0-9a-f]{6})", blocks[layer]))


def luminance(colour):
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("theme", THEMES, ids=lambda path: path.stem)
class TestTheme:
    def test_is_complete(self, theme, layer):
        steps = {f"{scale}-{step}" for scale in SCALES for step in (50, 100, 200, 300, 400, 500, 600, 700)}
        assert set(palette(theme, layer)) == steps | {"paper"}

    def test_words_read_on_paper_and_on_soft_grounds(self, theme, layer):
        colours = palette(theme, layer)
        too_weak = [
            f"{scale}-{step} on {ground}: {ratio:.2f}"
            for scale in SCALES
            for step in WORDS
            for ground, least in (("paper", 7), ("neutral-50", 7), (f"{scale}-50", 7))
            if (ratio := contrast(colours[f"{scale}-{step}"], colours[ground])) < least
        ]
        assert not too_weak

    def test_strong_words_read_on_every_ground_of_their_colour(self, theme, layer):
        colours = palette(theme, layer)
        too_weak = [
            f"{ink} on {scale}-{ground}: {ratio:.2f}"
            for scale in SCALES
            for ground in ("100", "200")
            for ink in (f"{scale}-700", "neutral-700")
            if (ratio := contrast(colours[ink], colours[f"{scale}-{ground}"])) < 7
        ]
        assert not too_weak

    def test_paper_reads_on_buttons(self, theme, layer):
        colours = palette(theme, layer)
        for scale in SCALES:
            for step in ("500", "600"):
                assert contrast(colours["paper"], colours[f"{scale}-{step}"]) >= 7, (scale, step)
