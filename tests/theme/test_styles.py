import json
import re
from pathlib import Path

import pytest

from tests.theme.environment import TEMPLATES, THEME

CSS = THEME / "css"
OURS = sorted(p for p in CSS.rglob("*.css") if p.parent.name != "tokens")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
COLOURS = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|oklch|lab|lch|color)\(")
PIXELS = re.compile(r"\b\d*\.?\d+px\b")
USED = re.compile(r"var\(\s*(--[\w-]+)")
SET = re.compile(r"(--[\w-]+)\s*:")
CLASS = re.compile(r"\.([a-z][\w-]*)")

# The colour of a text, the colour behind it, and the least contrast (WCAG 2.2, 1.4.3, 1.4.11).
PAIRS = [
    *(
        (f"neutral-text-{text}", f"{colour}-background-{ground}", 4.5)
        for text in ("default", "subtle")
        for colour in ("neutral", "accent", "warm")
        for ground in ("default", "tinted")
    ),
    *(
        (f"{colour}-text-{text}", f"{colour}-{ground}", 4.5)
        for colour in ("accent", "warm", "info", "success", "warning", "danger")
        for text in ("default", "subtle")
        for ground in ("background-default", "background-tinted", "surface-tinted")
    ),
    ("accent-text-subtle", "neutral-background-default", 4.5),
    ("accent-text-default", "accent-surface-active", 4.5),
    ("warm-text-subtle", "neutral-background-default", 4.5),
    ("danger-text-subtle", "accent-background-tinted", 4.5),
    ("accent-base-contrast-default", "accent-base-default", 4.5),
    ("warm-base-default", "neutral-background-default", 3),
    ("warm-base-default", "accent-background-tinted", 3),
    ("accent-base-default", "accent-background-tinted", 3),
    ("neutral-border-default", "neutral-surface-default", 3),
    ("neutral-border-default", "neutral-background-default", 3),
    ("focus-outer", "neutral-background-default", 3),
    ("focus-outer", "accent-background-tinted", 3),
    ("focus-inner", "focus-outer", 3),
]


def read(path: Path) -> str:
    return COMMENT.sub("", path.read_text("utf-8"))


def test_colours_and_pixels_stand_in_the_tokens_only():
    for path in OURS:
        css = read(path)
        assert (COLOURS.findall(css), PIXELS.findall(css)) == ([], []), path


def test_every_custom_property_that_is_used_is_set():
    packages = THEME / "node_modules/@digdir/designsystemet-css"
    files = [*CSS.rglob("*.css"), packages / "dist/src/base.css"]
    known = {name for path in files for name in SET.findall(read(path))}
    used = {name for path in CSS.rglob("*.css") for name in USED.findall(read(path))}
    assert used - known == set()


def test_every_layer_is_declared_and_every_file_is_imported():
    site = read(CSS / "site.css")
    declared = re.search(r"@layer ([^;]+);", site)
    assert declared is not None
    layers = [name.strip() for name in declared[1].split(",")]
    assert layers == ["reset", "ds", "tokens", "base", "components", "pages", "print"]
    imports = re.findall(r'@import "\./([^"]+)"(?: layer\((\w+)\))?;', site)
    # The design system's theme brings its own layers.
    assert {name: layer for name, layer in imports if layer not in layers} == {
        "tokens/colors.css": ""
    }
    # That of the preview is no part of the site.
    files = {p.relative_to(CSS).as_posix() for p in CSS.rglob("*.css")}
    files -= {"site.css", "preview.css"}
    assert {name for name, _ in imports} == files


def test_classes_of_templates_and_results_are_styled():
    styled = {name for path in CSS.rglob("*.css") for name in CLASS.findall(read(path))}
    packages = THEME / "node_modules/@digdir/designsystemet-css/dist/src"
    imported = re.findall(r"designsystemet-css/(\w+\.css)", (CSS / "site.css").read_text("utf-8"))
    styled |= {name for file in imported for name in CLASS.findall(read(packages / file))}
    used = set()
    for path in (*TEMPLATES.rglob("*.html"), *(THEME.parent / "calc").glob("*.py")):
        for names in re.findall(r'class="([^"]*)"', path.read_text("utf-8")):
            used |= set(re.sub(r"{[{%].*?[%}]}", "", names).split())
    begun = {name.partition("{")[0] for name in used if "{" in name}
    assert {name for name in used if "{" not in name} - styled == set()
    assert all(any(name.startswith(beginning) for name in styled) for beginning in begun)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_have_contrast_to_their_grounds(scheme: str):
    colours = theme_colours(scheme)
    for text, ground, least in PAIRS:
        found = contrast(colours[f"--ds-color-{text}"], colours[f"--ds-color-{ground}"])
        assert found >= least, (text, ground)


def theme_colours(scheme: str) -> dict[str, str]:
    css = read(CSS / "tokens/colors.css")
    block = css.partition(f"@layer ds.theme.color-scheme.{scheme}")[2].partition("}")[0]
    return dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-fA-F]{6});", block))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_theme_is_the_one_that_its_settings_describe():
    config = json.loads((CSS / "tokens/designsystemet.config.json").read_text("utf-8"))
    chosen = config["themes"]["tilskuddsstigen"]["colors"]
    light = theme_colours("light")
    assert light["--ds-color-accent-base-default"].lower() == chosen["main"]["accent"].lower()
    assert light["--ds-color-warm-base-default"].lower() == chosen["support"]["warm"].lower()
