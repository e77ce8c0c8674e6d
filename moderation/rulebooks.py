"""Read the rulebook: TOML files of rules, guards and terms, shipped beside the code.

`terms.toml` names pieces of patterns (`<gap>`, `<im>`) and short forms ("dont") that stand for
their long ones too; `guards.toml` names ways of speaking; every file with a `category` holds
rules. A space in a pattern means a space or a new line, except beside "any word".
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
from core.sentences import say
from moderation import phrasebooks
from moderation.lexicons import Lexicon
from moderation.rules import ENGLISH, Effect, Guard, Pattern, Phrase, Rule
from moderation.searching import Rulebook

_TERM: Final = re.compile(r"<([a-z_]+)>")
_WORD: Final = re.compile(r"[a-z]+")
# A word in a pattern; the letter of an escape such as \b is none, nor is a term's name.
_LETTERS: Final = re.compile(r"(?:(?<=\\[bs])|(?<![a-z\\<]))[a-z]+(?![a-z>_])")

# "Any word" and its space: it never reaches over the end of a line.
_FILLER: Final = re.compile(r" ?\\w\{1,\d+\} ?")

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
    terms = _Terms(tables.get("terms.toml", {}))
    guards = _guards(tables.get("guards.toml", {}), terms)
    rules = [
        _rule(entry, table, terms=terms, guards=guards)
        for table in tables.values()
        if "category" in table
        for entry in table["rule"]
    ]
    if len({rule.id for rule in rules}) < len(rules):
        raise Invalid(say("Two rules have the same id."))
    digest = hashlib.sha256("\0".join(texts.values()).encode()).hexdigest()
    english = [rule for rule in rules if rule.is_english]
    return Rulebook(rules, _lexicon(english, terms.glued, guards.values()), version=digest[:12])


def ordinary_talk() -> tuple[str, ...]:
    """Return the shipped examples of ordinary peer support that no rule may touch."""
    source = resources.files("moderation").joinpath("rulebook", "ordinary.toml")
    lines: list[str] = tomllib.loads(source.read_text(encoding="utf-8"))["lines"]
    return tuple(lines)


def languages() -> frozenset[str]:
    """Return the languages in which rules can notice that somebody is in distress, by code."""
    return frozenset(rule.language for rule in shipped().rules if rule.effect is Effect.HELP)


class _Terms:
    """The named pieces of patterns, and how a written pattern becomes a whole one."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.glued: list[str] = table.get("glued", [])
        self._long: Mapping[str, str] = table.get("contractions", {})
        self._named: dict[str, str] = {}
        # A term may use those named before it.
        for name, pattern in table.get("terms", {}).items():
            self._named[name] = self._expanded(pattern)

    def whole(self, pattern: str) -> Pattern:
        """Return a pattern with its named words put in; a blank in it is any white space."""
        spaced = _FILLER.sub(
            lambda found: found.group().replace(" ", "\0"), self._expanded(pattern)
        )
        return Pattern(spaced.replace(" ", r"\s").replace("\0", " "))

    def either(self, patterns: Iterable[str]) -> Pattern | None:
        """Return one pattern for any of these; None for none."""
        joined = "|".join(f"(?:{pattern})" for pattern in patterns)
        return self.whole(joined) if joined else None

    def _expanded(self, pattern: str) -> str:
        return _TERM.sub(self._term, _LETTERS.sub(self._either_form, pattern))

    def _either_form(self, found: re.Match[str]) -> str:
        short = found.group()
        return f"(?:{short}|{self._long[short]})" if short in self._long else short

    def _term(self, found: re.Match[str]) -> str:
        if found.group(1) not in self._named:
            raise Invalid(say("No term is called %(term)s.", term=found.group()))
        return self._named[found.group(1)]


def _guards(table: Mapping[str, Any], terms: _Terms) -> dict[str, Guard]:
    return {
        name: Guard(
            name,
            before=terms.either(f"(?:{each})$" for each in entry.get("before", ())),
            after=terms.either(entry.get("after", ())),
            around=terms.either(entry.get("around", ())),
        )
        for name, entry in table.get("guards", {}).items()
    }


def _rule(
    entry: Mapping[str, Any],
    table: Mapping[str, Any],
    *,
    terms: _Terms,
    guards: Mapping[str, Guard],
) -> Rule:
    unknown = [name for name in entry.get("guards", ()) if name not in guards]
    if unknown:
        raise Invalid(
            say(
                "%(rule)s names guards that do not exist: %(unknown)s.",
                rule=entry["id"],
                unknown=", ".join(unknown),
            )
        )
    language = entry.get("language", ENGLISH)
    written = tuple(phrasebooks.phrase(each) for each in entry.get("phrases", ()))
    kept_off: list[Guard] = [guards[name] for name in entry.get("guards", ())]
    if language != ENGLISH:
        kept_off.append(phrasebooks.guard(entry))
    return Rule(
        id=entry["id"],
        category=Category(table["category"]),
        effect=Effect(entry.get("effect", table["effect"])),
        tier=Tier(entry.get("tier", table["tier"])),
        because=entry["because"],
        is_floor=entry.get("is_floor", table["is_floor"]),
        phrases=(*(_phrase(each, terms) for each in entry.get("patterns", ())), *written),
        guards=tuple(kept_off),
        matches=tuple(entry["match"]),
        passes=tuple(entry["pass"]),
        recogniser=entry.get("recogniser"),
        language=language,
    )


def _phrase(entry: Mapping[str, str], terms: _Terms) -> Phrase:
    words = tuple(frozenset(each.split("+")) for each in entry["words"].split())
    return Phrase(terms.whole(entry["text"]), words)


def _lexicon(rules: Iterable[Rule], glued: Iterable[str], guards: Iterable[Guard]) -> Lexicon:
    words: set[str] = set()
    for rule in rules:
        for phrase in rule.phrases:
            words.update(*phrase.words)
        # Names and addresses in the examples of a recogniser are no words.
        for example in () if rule.recogniser else rule.matches:
            words.update(_WORD.findall(example.lower().replace("'", "")))
    # Single letters other than these two are no words, or any spelling would be one.
    known = (word for word in words if len(word) > 1 or word in ("i", "a"))
    return Lexicon(known, glued=glued, calm=_calm_words(rules, guards))


def _calm_words(rules: Iterable[Rule], guards: Iterable[Guard]) -> set[str]:
    """What keeps a rule off must be readable in a bent text too."""
    words = {
        word
        for rule in rules
        for example in (() if rule.recogniser else rule.passes)
        for word in _WORD.findall(example.lower().replace("'", ""))
    }
    for guard in guards:
        for pattern in (guard.before, guard.after, guard.around):
            words.update(_LETTERS.findall(pattern.text) if pattern else ())
    return {word for word in words if len(word) > 2}
