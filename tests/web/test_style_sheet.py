"""What a width may change: room, and never a colour or what can be read."""

import re
from collections.abc import Iterator
from pathlib import Path

STATIC = Path(__file__).parents[2] / "web" / "static"
SHEETS = "".join(file.read_text("utf-8") for file in sorted(STATIC.glob("*.css")))


def _declarations(condition: str) -> Iterator[tuple[str, str, str]]:
    """Yield selector, property and value of everything under a media query like this."""
    for found in re.finditer(r"@media[^{]*\{", SHEETS):
        if condition not in found.group():
            continue
        end = SHEETS.index("\n}", found.end())
        for rule in re.finditer(r"([^{}]+)\{([^}]*)\}", SHEETS[found.end() : end]):
            for line in rule.group(2).split(";"):
                name, _, value = line.partition(":")
                if name.strip():
                    yield rule.group(1).strip(), name.strip(), value.strip()


def test_no_width_changes_a_colour() -> None:
    changed = [
        (selector, name)
        for selector, name, _ in _declarations("width")
        if re.search(r"color|background|opacity|fill|filter|shadow|mix-blend", name)
        or name.startswith("--")
    ]
    assert changed == []


def test_no_width_hides_words_but_the_heads_of_tables() -> None:
    hidden = {
        selector
        for selector, name, value in _declarations("width")
        if (name, value) in {("display", "none"), ("visibility", "hidden")} or "clip" in name
    }
    assert hidden == {".brand svg", ".stack thead"}


def test_the_widths_are_read_at_all() -> None:
    assert len(list(_declarations("width"))) > 10
    assert any("width" in name for _, name, _ in _declarations("width"))
    assert any(name == "--line" for _, name, _ in _declarations("prefers-contrast"))
