"""Find contact details, however they are written, and tell the author's own from another's.

Helplines, services on freephone and 03 numbers, and the organisation's own links and numbers are
let through. The author's own details are a matter for the author; another person's are not.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final
from urllib.parse import urlsplit

from moderation import contact_forms as forms
from moderation.normalise import View
from moderation.rules import Hit
from moderation.searching import Rulebook

# How far back the words that say whose detail it is may stand.
_LEAD_CHARACTERS: Final = 90
_GATE: Final = re.compile(r"[\d@]|[a-z]\.[a-z]")
_SPOKEN: Final = {
    word: str(digit)
    for digit, words in enumerate(
        ("zero oh o nought naught", "one", "two", "three", "four", "five", "six", "seven", "eight")
    )
    for word in words.split()
} | {"nine": "9", "hundred": "00"}
_AROUND: Final = ".,;:!?()[]{}<>\"'"
_TIMES: Final = {"double": 2, "triple": 3, "treble": 3}


@dataclass(frozen=True, slots=True)
class Allowed:
    """Numbers (digits only, national form), number prefixes and hosts that may be shared."""

    numbers: frozenset[str]
    hosts: frozenset[str]
    prefixes: tuple[str, ...] = ()

    def adding(self, links: Iterable[str] = (), *, numbers: Iterable[str] = ()) -> "Allowed":
        """Return these and the organisation's own; links may be whole addresses or hosts."""
        hosts = {_host(link) for link in links} - {""}
        digits = {_national(number) for number in numbers} - {""}
        return Allowed(self.numbers | digits, self.hosts | hosts, self.prefixes)

    def lets_number(self, digits: str) -> bool:
        """True when the national number `digits` belongs to a service."""
        return digits in self.numbers or digits.startswith(self.prefixes)

    def lets_host(self, host: str) -> bool:
        """True when `host` or a parent of it is on the list."""
        labels = host.split(".")
        return any(".".join(labels[at:]) in self.hosts for at in range(len(labels)))


@cache
def shipped() -> Allowed:
    """Return the helplines and public services that came with the program."""
    source = resources.files("moderation").joinpath("rulebook", "helplines.toml")
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    numbers, names = table["numbers"], table["hosts"]["names"]
    return Allowed(frozenset(numbers), frozenset(names), tuple(table["prefixes"]))


@dataclass(frozen=True, slots=True)
class _Detail:
    kind: str
    start: int
    end: int
    is_mobile: bool = False


def find(view: View, rulebook: Rulebook, *, allowed: Allowed) -> list[Hit]:
    """Return a hit for every contact detail in `view`; whose it is decides the rule."""
    if not _may_hold_details(view):
        return []
    return [hit for detail in _details(view.text, allowed) if (hit := _hit(detail, view, rulebook))]


def _may_hold_details(view: View) -> bool:
    if _GATE.search(view.text) or not forms.PLATFORM_WORDS.isdisjoint(view.words):
        return True
    if "dot" in view.words:
        return True
    return len(forms.NUMBER_WORDS & view.words) > 2


def _details(text: str, allowed: Allowed) -> Iterator[_Detail]:
    yield from _phones(text, allowed)
    mails = _mails(text)
    for start, end in mails:
        if not allowed.lets_host(_host(text[start:end].rpartition("@")[2])):
            yield _Detail("email", start, end)
    yield from _links(text, allowed, mails)
    for form in forms.HANDLES:
        for found in form.finditer(text):
            if not _inside(found.span(), mails):
                yield _Detail("handle", *found.span())
    yield from (_Detail("postcode", *found.span()) for found in forms.POSTCODE.finditer(text))
    yield from (_Detail("street", *found.span()) for found in forms.STREET.finditer(text))


def _mails(text: str) -> list[tuple[int, int]]:
    # Every form needs one of these; long texts mostly hold neither.
    if "@" not in text and "dot" not in text and not re.search(r"[\[({] ?at", text):
        return []
    return [found.span() for form in forms.EMAILS for found in form.finditer(text)]


def _phones(text: str, allowed: Allowed) -> Iterator[_Detail]:
    for form in (forms.PHONE, forms.SPOKEN_PHONE):
        for found in form.finditer(text):
            digits = _national(found.group())
            before = text[max(0, found.start() - 40) : found.start()]
            is_phone = _is_phone(digits, bool(forms.OWN_LEAD.search(before)))
            if is_phone and not forms.DATE.match(found.group()) and not allowed.lets_number(digits):
                yield _Detail("phone", *found.span(), is_mobile=digits.startswith(("07", "08")))


def _is_phone(digits: str, is_led: bool) -> bool:
    if digits.startswith("+"):
        return 9 <= len(digits) <= 16
    if digits.startswith("0"):
        return 9 <= len(digits) <= 11 and digits[1] in "1235789"
    # Without its leading 0 a number is one only when somebody calls it theirs.
    return is_led and len(digits) == 10 and digits[0] in "78"


def _national(written: str) -> str:
    """Return the digits of a number as dialled at home; abroad it keeps its plus."""
    digits = "".join(_digits(written))
    is_abroad = written.lstrip("( ").startswith("+") or digits.startswith("00")
    digits = digits.removeprefix("00")
    if is_abroad and digits.startswith("44"):
        return "0" + digits[2:].removeprefix("0")
    return f"+{digits}" if is_abroad else digits


def _digits(written: str) -> Iterator[str]:
    times = 1
    for part in re.findall(r"[a-z]{3,}|oh|[0-9oil]", written.lower()):
        if part in _TIMES:
            times = _TIMES[part]
            continue
        digit = _SPOKEN.get(part) or part.translate(str.maketrans("oil", "011"))
        yield digit * times
        times = 1


def _links(text: str, allowed: Allowed, mails: list[tuple[int, int]]) -> Iterator[_Detail]:
    for form in forms.LINKS:
        for found in form.finditer(text):
            if not _inside(found.span(), mails) and not allowed.lets_host(_host(found.group())):
                yield _Detail("link", *found.span())


def _inside(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def _host(link: str) -> str:
    plain = re.sub(r" ?[(\[]?dot[)\]]? ?", ".", link.lower()) if "dot" in link else link.lower()
    plain = plain.replace(" ", "").strip(_AROUND)
    try:
        host = urlsplit(plain if "//" in plain else f"//{plain}").hostname or ""
    except ValueError:
        return ""
    return host.strip(_AROUND).removeprefix("www.")


def _is_of_service(before: str, lead: re.Match[str] | None) -> bool:
    """True when the words before a detail name a service, not a person, as its owner."""
    if lead is None or lead.group().startswith("their"):
        return forms.SERVICE_LEAD.search(before) is not None
    return forms.SERVICE_LEAD.search(lead.group()) is not None


def _hit(detail: _Detail, view: View, rulebook: Rulebook) -> Hit | None:
    opened = max(0, detail.start - _LEAD_CHARACTERS)
    before = view.text[opened : detail.start]
    kind, start = detail.kind, detail.start
    lead = forms.OTHERS_LEAD.search(before)
    if _is_of_service(before, lead):
        if kind == "phone" and not detail.is_mobile:
            return None
        lead = None
    if lead is not None:
        kind, start = "anothers", opened + lead.start()
    elif kind == "street":
        if not forms.OWN_ADDRESS_LEAD.search(before):
            return None
        kind = "postcode"
    written = view.text[detail.start : detail.end].rstrip(" .,;:!?_-")
    first, last = view.span(start, detail.start + len(written))
    return Hit(rulebook.recognisers[kind], first, last) if first < last else None
