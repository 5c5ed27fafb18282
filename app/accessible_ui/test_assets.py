import gzip
import re
from pathlib import Path

import brotli
import pytest

from app.accessible_ui.assets import _CALL, _TERMINAL, Assets, _without_notes
from tests.kit_desk import kit_app

APP = Path(__file__).parent.parent
CSS_BUDGET_B = 12 * 1024
FONT_BUDGET_B = 30 * 1024
SCRIPT_BUDGET_B = 15 * 1024
KEYBOARD = "accessible_ui/vendor/simple-keyboard-3.8.192/simple-keyboard.js"


@pytest.fixture(scope="module")
def assets():
    return Assets(APP)


@pytest.fixture(scope="module")
def client():
    return kit_app().test_client()


def address(client, name):
    with client.application.test_request_context("/"):
        return client.application.jinja_env.globals["asset"](name)


def test_is_kept_for_ever_under_the_hash_of_everything(client):
    answer = client.get(address(client, "site.css"))
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_type == "text/css; charset=utf-8"


def test_under_an_old_hash_it_is_given_but_not_kept(client, assets):
    answer = client.get("/assets/000000000000/accessible_ui/start.js")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_another_content_has_another_hash(tmp_path):
    for folder in ("one", "two"):
        themes = tmp_path / folder / "accessible_ui" / "themes"
        themes.mkdir(parents=True)
        (themes / "plain.css").write_text(f":root {{ --of: {folder} }}")
    assert Assets(tmp_path / "one").hash != Assets(tmp_path / "two").hash


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_goes_compressed_over_the_wire(client, encoding):
    plain = client.get(address(client, "site.css")).data
    answer = client.get(address(client, "site.css"), headers={"Accept-Encoding": encoding})
    assert answer.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert {"br": brotli.decompress, "gzip": gzip.decompress}[encoding](answer.data) == plain


@pytest.mark.parametrize(
    "path",
    [
        "accessible_ui/web.py", "../pyproject.toml", "accessible_ui/page.html", "accessible_ui/../main.py",
        "%2e%2e/pyproject.toml", "..%2fpyproject.toml", "/etc/passwd", "accessible_ui/start.js%00.css", "",
    ],
)  # fmt: skip
def test_gives_nothing_that_is_no_asset(client, path):
    assert client.get(f"/assets/000000000000/{path}").status_code in (404, 308)


def test_an_address_of_something_that_is_not_there_is_refused(client):
    with pytest.raises(LookupError):
        address(client, "accessible_ui/nothing.js")


@pytest.mark.parametrize(
    "sheet", ["site/voorbeeld.css", "site/waterstad.css", "site/call.css", "site/terminal.css"]
)
def test_every_address_in_a_sheet_leads_somewhere(assets, sheet):
    css = assets.get(sheet).content.decode()
    for target in re.findall(r"url\(\.\./([^)]+)\)", css):
        assert assets.get(target), target


@pytest.mark.parametrize("theme", ["voorbeeld", "waterstad"])
def test_every_token_that_is_used_has_a_value(assets, theme):
    """A token nobody defines is silently nothing: run tools/vendor_css.py --tokens after using a new one."""
    site = assets.get(f"site/{theme}.css").content.decode()
    pages = "".join(
        path.read_text(encoding="utf-8") for path in APP.rglob("*.css") if "vendor" not in path.parts
    )
    defined = set(re.findall(r"(--[\w-]+)\s*:", site + pages))
    used = set(re.findall(r"var\(\s*(--(?:basis|theme|page|utrecht)-[\w-]+)\s*\)", site + pages))
    # Utrecht's components know more tokens than a theme sets; without a value they fall back by design.
    vendored = set(
        re.findall(
            r"var\(\s*(--utrecht-[\w-]+)",
            "".join(p.read_text() for p in APP.glob("accessible_ui/vendor/*/*.css")),
        )
    )
    assert not used - defined - vendored


def test_stays_within_the_budget(assets):
    style = assets.get("site/voorbeeld.css").encoded("br")
    fonts = sum(
        len(assets.get(path).content)
        for path in assets._files
        if re.search(r"atkinson-latin-\d00\.woff2$", path)
    )
    assert len(style) + len(assets.get("site/terminal.css").encoded("br")) <= CSS_BUDGET_B
    assert 0 < fonts <= FONT_BUDGET_B


def script_bytes(assets, but, encoding):
    """Of all components but these."""
    own = re.compile(r"accessible_ui/(?:start\.js|(\w+)/\w+\.js)")
    return sum(
        len(assets.get(path).encoded(encoding))
        for path in assets._files
        if (found := own.fullmatch(path)) and found[1] not in but
    )


def test_scripts_stay_within_the_budget_at_home_and_at_a_terminal(assets):
    assert script_bytes(assets, but=("vendor", *_TERMINAL), encoding="gzip") <= SCRIPT_BUDGET_B
    not_together = ("vendor", "level_meter", "reading_preferences", *_CALL)
    assert script_bytes(assets, but=(*not_together, "scanning"), encoding="gzip") <= SCRIPT_BUDGET_B
    # Who has a switch gets all of it; terminals and their servers both know Brotli.
    assert script_bytes(assets, but=not_together, encoding="br") <= SCRIPT_BUDGET_B
    assert len(assets.get(KEYBOARD).encoded("gzip")) < 12 * 1024


def test_a_script_goes_without_its_notes_and_keeps_its_lines(assets):
    source = """// Note.
/** @type {string} */ const address = "https://example.org/a"; // stays
  // Another.
/**
 * @param {string} name
 */
export const greet = (/** @type {string} */ name) => `${name} /* ${address}`;
"""
    assert _without_notes(source) == (
        """
const address = "https://example.org/a"; // stays




export const greet = (name) => `${name} /* ${address}`;
"""
    ), "lines keep their numbers"
    for path in assets._files:
        if path.endswith(".js") and "/vendor/" not in path:
            served = assets.get(path).content.decode()
            assert served.count("\n") == (APP / path).read_text().count("\n"), path
            assert "/**" not in served
