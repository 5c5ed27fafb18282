"""Renews app/accessible_ui/vendor: Utrecht CSS, the tokens it needs, Atkinson Hyperlegible, htmx, simple-keyboard.

    python tools/vendor_css.py            fetch the pinned packages with npm and write the folder anew
    python tools/vendor_css.py --tokens   only the tokens, after a style sheet came to use another one

Only what is used is kept: rules of the classes named below, tokens that some style sheet reaches, letters of the
languages written in Latin script. Run by hand; the result is in the repository, with each licence beside it.
"""

import argparse
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from fontTools import subset

APP = Path(__file__).parent.parent / "app"
VENDOR = APP / "accessible_ui" / "vendor"

UTRECHT: dict[str, tuple[str, set[str]]] = {
    "alert": ("4.0.2", {"", "--info", "--ok", "--warning", "--error"}),
    "button": ("4.0.1", {"", "--primary-action", "--secondary-action", "--subtle", "--danger"}),
    "form-field": ("3.0.1", {"", "--invalid"}),
    "form-label": ("3.0.1", {""}),
    "link": ("3.0.1", {"", "--html-a"}),
    "radio-button": ("3.0.1", {"", "--html-input"}),
    "skip-link": ("3.0.1", {"", "--visible-on-focus"}),
    "textbox": ("4.0.1", {"", "--invalid", "--html-input"}),
}
"""Component: its version, and which of its classes we write in our templates."""
DROPPED_COMBINATIONS = (".utrecht-button--subtle.utrecht-button--danger",)

TOKENS = ("@nl-design-system-unstable/voorbeeld-design-tokens", "7.4.1")
FONT = ("@fontsource/atkinson-hyperlegible", "5.3.0")
HTMX = ("htmx.org", "4.0.1")
KEYBOARD = ("simple-keyboard", "3.8.192")

PALETTE = {
    "grijs": "neutral", "violet": "accent", "blauw": "link", "groen": "positive", "oranje": "warning",
    "rood": "negative", "geel": "highlight",
}  # fmt: skip
"""Colours are renamed after what they are for: another city's theme need not call its red violet."""

GROUPS = ("default", "action-1", "action-2", "positive", "negative", "warning", "info", "highlight")
SHADES = (
    "bg-document", "bg-subtle", "bg-default", "bg-hover", "border-subtle", "border-default", "color-subtle",
    "color-default", "color-document", "inverse-bg-default", "inverse-bg-hover", "inverse-color-default",
)  # fmt: skip
ALWAYS = {f"--basis-color-{group}-{shade}" for group in GROUPS for shade in SHADES}
"""Every room may count on these."""

# Latin with the accents of Dutch, Turkish, Polish and their neighbours; signs that sentences need.
LETTERS = "20-7E,A0-FF,100-17F,218-21B,2010-2015,2018-201E,2022,2026,2030,20AC"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--tokens", action="store_true", help="only the tokens")
    only_tokens = arguments.parse_args().tokens
    packages = {f"@utrecht/{name}-css": version for name, (version, _) in UTRECHT.items()}
    packages |= dict((TOKENS, FONT, HTMX, KEYBOARD))
    with tempfile.TemporaryDirectory() as folder:
        wanted = [f"{name}@{version}" for name, version in packages.items()]
        if only_tokens:
            wanted = ["@".join(TOKENS)]
        subprocess.run(
            ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder, *wanted],
            check=True,
        )
        modules = Path(folder) / "node_modules"
        if not only_tokens:
            shutil.rmtree(VENDOR, ignore_errors=True)
            for name in UTRECHT:
                write_component(modules, name)
            write_font(modules)
            write_htmx(modules)
            write_keyboard(modules)
        write_tokens(modules)


def vendored(package: str, version: str, modules: Path, licence: str) -> Path:
    """The new folder for a package, its licence already in it."""
    folder = VENDOR / f"{package.split('/')[-1]}-{version}"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(modules / package / licence, folder / licence)
    return folder


def write_component(modules: Path, name: str) -> None:
    version, classes = UTRECHT[name]
    package = f"@utrecht/{name}-css"
    folder = vendored(package, version, modules, "LICENSE.md")
    css = (modules / package / "dist" / "index.css").read_text(encoding="utf-8")
    kept = {f"utrecht-{name}{suffix}" for suffix in classes}
    header = (
        f"/* {package} {version}, EUPL-1.2, (c) Frameless B.V., Gemeente Utrecht. Rules we do not use are left out"
        " by tools/vendor_css.py. */\n"
    )
    (folder / f"{name}.css").write_text(header + "\n".join(pruned(css, kept)) + "\n", encoding="utf-8")


def pruned(css: str, classes: set[str]) -> list[str]:
    """Rules with only these classes in what they select; a @media rule keeps those of its rules."""
    rules = []
    for prelude, body in blocks(re.sub(r"/\*[\s\S]*?\*/", "", css)):
        if prelude.startswith("@media"):
            inner = pruned(body, classes)
            if inner:
                rules.append(f"{prelude} {{\n" + "\n".join(inner) + "\n}")
            continue
        selectors = [selector.strip() for selector in re.split(r",(?![^(]*\))", prelude)]
        selectors = [s for s in selectors if reaches(s, classes) and not s.startswith(DROPPED_COMBINATIONS)]
        declarations = [line.strip() for line in body.split(";") if line.strip()]
        if selectors and declarations:
            rules.append(",\n".join(selectors) + " {\n  " + ";\n  ".join(declarations) + ";\n}")
    return rules


def reaches(selector: str, classes: set[str]) -> bool:
    """Classes inside :not() do not count: what is never there is never excluded."""
    return set(re.findall(r"\.([\w-]+)", re.sub(r":not\([^)]*\)", "", selector))) <= classes


def blocks(css: str) -> list[tuple[str, str]]:
    """(prelude, body) of each rule on the top level."""
    found, depth, start, prelude = [], 0, 0, ""
    for index, letter in enumerate(css):
        if letter == "{":
            if depth == 0:
                prelude, start = css[start:index].strip(), index + 1
            depth += 1
        elif letter == "}":
            depth -= 1
            if depth == 0:
                found.append((prelude, css[start:index]))
                start = index + 1
    return found


def write_tokens(modules: Path) -> None:
    package, version = TOKENS
    folder = vendored(package, version, modules, "LICENSE.md")
    source = (modules / package / "dist" / "variables.css").read_text(encoding="utf-8")
    source = re.sub(r"/\*[\s\S]*?\*/", "", source)
    for dutch, role in PALETTE.items():
        source = source.replace(f"--voorbeeld-kleuren-{dutch}-", f"--theme-{role}-")
    source = source.replace("--voorbeeld-kleuren-wit", "--theme-paper")
    values = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", source))
    sheets = [path for path in APP.rglob("*.css") if path.name != "tokens.css"]
    used = ALWAYS.union(
        *(re.findall(r"var\(\s*(--[\w-]+)", path.read_text(encoding="utf-8")) for path in sheets)
    )
    reached: dict[str, str] = {}
    while used:
        name = used.pop()
        if name in values and name not in reached and not name.startswith("--theme-"):
            reached[name] = values[name].strip()
            used.update(re.findall(r"var\(\s*(--[\w-]+)", values[name]))
    lines = "".join(f"  {name}: {value};\n" for name, value in sorted(reached.items()))
    header = (
        f"/* {package} {version}, EUPL-1.2. Only the tokens that are used; colours of the palette renamed after what"
        " they are for. Written by tools/vendor_css.py. */\n"
    )
    (folder / "tokens.css").write_text(f"{header}:root {{\n{lines}}}\n", encoding="utf-8")


def write_font(modules: Path) -> None:
    """One file per weight with the Latin letters; Arabic comes from the reader's own machine."""
    package, version = FONT
    folder = vendored(package, version, modules, "LICENSE")
    for weight in (400, 700):
        # The package splits Latin in two files; a subset is drawn from each and named in page/fonts.css.
        for part in ("latin", "latin-ext"):
            source = modules / package / "files" / f"atkinson-hyperlegible-{part}-{weight}-normal.woff2"
            options = subset.Options(
                flavor="woff2",
                layout_features=["kern", "mark", "mkmk", "ccmp", "locl"],
                hinting=False,
                notdef_outline=True,
            )
            options.drop_tables += ["DSIG"]
            font = subset.load_font(str(source), options)
            drawing = subset.Subsetter(options)
            drawing.populate(unicodes=subset.parse_unicodes(LETTERS))
            drawing.subset(font)
            subset.save_font(font, str(folder / f"atkinson-{part}-{weight}.woff2"), options)


def write_htmx(modules: Path) -> None:
    package, version = HTMX
    folder = VENDOR / f"htmx-{version}"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(modules / package / "LICENSE", folder / "LICENSE")
    shutil.copy(modules / package / "dist" / "htmx.min.js", folder / "htmx.min.js")


def write_keyboard(modules: Path) -> None:
    package, version = KEYBOARD
    folder = vendored(package, version, modules, "LICENSE")
    script = (modules / package / "build" / "index.modern.esm.js").read_text(encoding="utf-8")
    # The map is not served: a browser with its tools open would ask for it in vain.
    script = re.sub(r"^//# sourceMappingURL=.*", "", script, flags=re.MULTILINE)
    (folder / "simple-keyboard.js").write_text(script, encoding="utf-8")


if __name__ == "__main__":
    main()
