"""Words that people read, made in Python: English for programs, any language for a reader.

A `Sentence` is a `str` (its English) that remembers what it was made of, so that a page can say it
again in the language of whoever reads it. What a member wrote is put in as a value, and a value
that is plain text is never translated. `docs/architecture.md` tells how words are gathered.
"""

import json
import re
from datetime import datetime
from typing import Any, Final, Literal, Protocol, Self
from zoneinfo import ZoneInfo

Shape = Literal["moment", "clock", "weekday", "weekday_of", "day", "date"]
# How English says a moment where nobody asks for another language: a program reads it.
_ENGLISH: Final[dict[Shape, str]] = {
    "moment": "{0:%a} {0.day} {0:%b %H:%M}",
    "clock": "{0.hour}:{0:%M}",
    "weekday": "{0:%A}",
    "weekday_of": "{0:%A}s",
    "day": "{0:%A} {0.day} {0:%B}",
    "date": "{0.day} {0:%B} {0.year}",
}
_MISSING: Final = "%("


class Speaker(Protocol):
    """A language, and the zone that clocks on the wall show where it is spoken."""

    def gettext(self, message: str) -> str:
        """Return the message in this language."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the message for so many of something."""

    def when(self, at: datetime, zone: str, shape: Shape) -> str:
        """Say a moment; in the speaker's own zone where `zone` is ""."""


class Sentence(str):
    """English text that can be said again in another language; made by `say` and its kind.

    Without a `message` it is its values, one after another.
    """

    __slots__ = ("message", "plural", "values")
    message: str
    plural: str
    values: dict[str, "str | int"]

    def __new__(cls, message: str, plural: str = "", /, **values: "str | int") -> Self:
        """Make the English text; `count` chooses between `message` and `plural`."""
        made = super().__new__(cls, _filled(_chosen(message, plural, values), values))
        made.message, made.plural, made.values = message, plural, values
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return _made, (self.message, self.plural, self.values)

    def filled(self, **values: "str | int") -> "Sentence":
        """Return it with these values: for templates that stand in tables."""
        return Sentence(self.message, self.plural, **self.values | values)


class When(str):
    """A moment within words. Without a zone it is told in the reader's; for programs in UTC."""

    __slots__ = ("at", "shape", "zone")
    at: datetime
    zone: str
    shape: Shape

    def __new__(cls, at: datetime, zone: str = "", shape: Shape = "moment") -> Self:
        """Make the English text of an aware moment."""
        made = super().__new__(cls, _ENGLISH[shape].format(at.astimezone(ZoneInfo(zone or "UTC"))))
        made.at, made.zone, made.shape = at, zone, shape
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return When, (self.at, self.zone, self.shape)


def say(message: str, /, **values: "str | int") -> Sentence:
    """Make a sentence of a literal that is gathered for translation, with `%(name)s` for values."""
    return Sentence(message, **values)


def say_many(one: str, many: str, /, *, count: int, **values: "str | int") -> Sentence:
    """Make a sentence that depends on a number; `%(count)s` is the number."""
    return Sentence(one, many, count=count, **values)


def together(*parts: str, by: str = " ") -> Sentence:
    """Join what is there with `by`, so that each part is still said in the reader's language."""
    pieces = [piece for part in parts if part for piece in (by, part)][1:]
    return Sentence("", **{f"_{number}": piece for number, piece in enumerate(pieces) if piece})


def fill(text: str, /, **values: str) -> Sentence:
    """Put values into the `{name}`s of somebody's own text, which may hold other braces."""
    marks = {f"{{{name}}}": value for name, value in values.items()}
    pieces = re.split(f"({'|'.join(map(re.escape, marks))})", text)
    return together(*(marks.get(piece, piece) for piece in pieces), by="")


def english(value: object) -> str:
    """Return a plain `str` of it, for encoders that take no other.

    Raises:
        NotImplementedError: it is not text.
    """
    if isinstance(value, str):
        return str(value)
    raise NotImplementedError(type(value).__name__)


def told(words: str, speaker: Speaker) -> str:
    """Say it as `speaker` does; plain text is returned as it is."""
    if isinstance(words, When):
        return speaker.when(words.at, words.zone, words.shape)
    if not isinstance(words, Sentence):
        return words
    values = {
        name: told(value, speaker) if isinstance(value, str) else value
        for name, value in words.values.items()
    }
    try:
        return _filled(_spoken(words, speaker), values)
    except (KeyError, TypeError, ValueError):
        # A catalogue that names a value wrongly: English is better than no page.
        return str(words)


def _spoken(words: Sentence, speaker: Speaker) -> str:
    if words.plural:
        return speaker.ngettext(words.message, words.plural, int(words.values["count"]))
    return speaker.gettext(words.message) if words.message else ""


def pack(words: "Sentence | When") -> str:
    """Write it down, so that `unpack` makes it again for a reader who comes later."""
    return json.dumps(_packed(words), ensure_ascii=False, separators=(",", ":"))


def unpack(text: str) -> str:
    """Return what was packed."""
    words: str = _unpacked(json.loads(text))
    return words


def _packed(value: "str | int") -> Any:
    if isinstance(value, When):
        return {"at": value.at.isoformat(), "zone": value.zone, "shape": value.shape}
    if isinstance(value, Sentence):
        values = {name: _packed(one) for name, one in value.values.items()}
        return {"say": value.message, "many": value.plural, "values": values}
    return value


def _unpacked(packed: Any) -> Any:
    if not isinstance(packed, dict):
        return packed
    if "at" in packed:
        return When(datetime.fromisoformat(packed["at"]), packed["zone"], packed["shape"])
    values = {name: _unpacked(one) for name, one in packed["values"].items()}
    return _made(packed["say"], packed["many"], values)


def _made(message: str, plural: str, values: dict[str, "str | int"]) -> Sentence:
    return Sentence(message, plural, **values)


def _chosen(message: str, plural: str, values: dict[str, "str | int"]) -> str:
    return plural if plural and values.get("count") != 1 else message


def _filled(message: str, values: dict[str, "str | int"]) -> str:
    if not message:
        return "".join(str(value) for value in values.values())
    # A template in a table has no values yet, and a sentence without any may hold a %.
    return message % values if values and _MISSING in message else message
