"""Read the rulebook: TOML files of rules, guards and terms, shipped beside the code.

`terms.toml` names pieces of patterns (`<gap>`, `<im>`), `guards.toml` names ways of speaking,
every file with a `category` holds rules. A space in a pattern means any white space.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

from core.errors import Invalid
from core.safety import Category, Tier
from moderation.rules import Effect, Guard, Phrase, Rule, Rulebook
from moderation.spellings import Lexicon

_TERM: Final = re.compile(r"<([a-z_]+)>")
_WORD: Final = re.compile(r"[a-z]+")

Tables = Mapping[str, dict[str, Any]]


@cache
def shipped() -> Rulebook:
    """Return the rulebook that came with the program, read once per process."""
    folder = resources.files("moderation").joinpath("rulebook")
    texts = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    }
    return from_texts(texts)


def from_texts(texts: Mapping[str, str]) -> Rulebook:
    """Build a rulebook from the text of its files, by file name.

    Raises `Invalid` when a rule names a term or guard that does not exist, or an id is used twice.
    """
    tables: Tables = {name: tomllib.loads(text) for name, text in texts.items()}
    terms = _terms(tables.get("terms.toml", {}))
    guards = _guards(tables.get("guards.toml", {}), terms)
    rules = [
        _rule(entry, table, terms=terms, guards=guards)
        for table in tables.values()
        if "category" in table
        for entry in table["rule"]
    ]
    if len({rule.id for rule in rules}) < len(rules):
        raise Invalid("Two rules have the same id.")
    digest = hashlib.sha256("\0".join(texts.values()).encode()).hexdigest()
    return Rulebook(rules, _lexicon(rules, tables.get("terms.toml", {})), version=digest[:12])


def ordinary_talk() -> tuple[str, ...]:
    """Return the shipped examples of ordinary peer support that no rule may touch."""
    source = resources.files("moderation").joinpath("rulebook", "ordinary.toml")
    lines: list[str] = tomllib.loads(source.read_text(encoding="utf-8"))["lines"]
    return tuple(lines)


def _terms(table: Mapping[str, Any]) -> dict[str, str]:
    terms: dict[str, str] = {}
    for name, pattern in table.get("terms", {}).items():
        terms[name] = _expanded(pattern, terms)
    return terms


def _expanded(pattern: str, terms: Mapping[str, str]) -> str:
    def named(found: re.Match[str]) -> str:
        if found.group(1) not in terms:
            raise Invalid(f"No term is called {found.group()}.")
        return terms[found.group(1)]

    return _TERM.sub(named, pattern)


def _compiled(pattern: str, terms: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile(_expanded(pattern, terms).replace(" ", r"\s"))


def _either(patterns: Iterable[str], terms: Mapping[str, str]) -> re.Pattern[str] | None:
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    return _compiled(joined, terms) if joined else None


def _guards(table: Mapping[str, Any], terms: Mapping[str, str]) -> dict[str, Guard]:
    return {
        name: Guard(
            name,
            before=_either((f"(?:{each})$" for each in entry.get("before", ())), terms),
            after=_either(entry.get("after", ()), terms),
            around=_either(entry.get("around", ()), terms),
        )
        for name, entry in table.get("guards", {}).items()
    }


def _rule(
    entry: Mapping[str, Any],
    table: Mapping[str, Any],
    *,
    terms: Mapping[str, str],
    guards: Mapping[str, Guard],
) -> Rule:
    unknown = [name for name in entry.get("guards", ()) if name not in guards]
    if unknown:
        raise Invalid(f"{entry['id']} names guards that do not exist: {unknown}.")
    return Rule(
        id=entry["id"],
        category=Category(table["category"]),
        effect=Effect(entry.get("effect", table["effect"])),
        tier=Tier(entry.get("tier", table["tier"])),
        because=entry["because"],
        is_floor=entry.get("is_floor", table["is_floor"]),
        phrases=tuple(_phrase(each, terms) for each in entry.get("patterns", ())),
        guards=tuple(guards[name] for name in entry.get("guards", ())),
        matches=tuple(entry["match"]),
        passes=tuple(entry["pass"]),
        recogniser=entry.get("recogniser"),
    )


def _phrase(entry: Mapping[str, str], terms: Mapping[str, str]) -> Phrase:
    words = tuple(frozenset(each.split("+")) for each in entry["words"].split())
    return Phrase(_compiled(entry["text"], terms), words)


def _lexicon(rules: Iterable[Rule], table: Mapping[str, Any]) -> Lexicon:
    phrases = (phrase for rule in rules for phrase in rule.phrases)
    words = {word for phrase in phrases for needed in phrase.words for word in needed}
    for rule in rules:
        # Names and addresses in the examples of a recogniser are no words.
        for example in () if rule.recogniser else rule.matches:
            words.update(_WORD.findall(example.lower().replace("'", "")))
    # Single letters other than these two are no words, or any spelling would be one.
    known = (word for word in words if len(word) > 1 or word in ("i", "a"))
    return Lexicon(known, glued=table.get("glued", ()))
