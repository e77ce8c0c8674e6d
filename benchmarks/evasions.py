"""Ways in which people bend a text past a filter, as functions of text and chance."""

import random
import re
import unicodedata
from collections.abc import Callable

Evasion = Callable[[str, random.Random], str]

CYRILLIC = dict(zip("aeopcxiyj", "аеорсхіуј", strict=True))
_CENTRAL = re.compile(r"\b(?:suicid(?:e|al)|myself|yourself|overdosed?|tonight|goodbye|killing)\b")
LEET = dict(zip("aeiost", "431057", strict=True))


def _letters(text: str, bend: Callable[[str], str]) -> str:
    return "".join(bend(sign) if sign.isascii() and sign.isalpha() else sign for sign in text)


def _long_words(text: str, bend: Callable[[str], str], least: int = 4) -> str:
    parts = text.split(" ")
    return " ".join(bend(part) if part.isalpha() and len(part) >= least else part for part in parts)


def zero_width(text: str, chance: random.Random) -> str:
    return _letters(text, lambda sign: sign + chance.choice(["\u200b", "\u200c", "\u2060"]))


def soft_hyphens(text: str, chance: random.Random) -> str:
    return _letters(text, lambda sign: sign + ("\u00ad" if chance.random() < 0.5 else ""))


def homoglyphs(text: str, _chance: random.Random) -> str:
    return _letters(text, lambda sign: CYRILLIC.get(sign, sign))


def full_width(text: str, _chance: random.Random) -> str:
    return _letters(text, lambda sign: chr(ord(sign) + 0xFEE0))


def maths(text: str, _chance: random.Random) -> str:
    return _letters(text.lower(), lambda sign: chr(0x1D5EE + ord(sign) - 97))


def circled(text: str, _chance: random.Random) -> str:
    return _letters(text.lower(), lambda sign: chr(0x24D0 + ord(sign) - 97))


def accents(text: str, chance: random.Random) -> str:
    bent = _letters(text, lambda sign: sign + chance.choice(["\u0301", "\u0308", "\u0336"]))
    return unicodedata.normalize("NFC", bent)


def capitals(text: str, _chance: random.Random) -> str:
    return text.upper()


def no_apostrophes(text: str, _chance: random.Random) -> str:
    return text.replace("'", "")


def curly(text: str, _chance: random.Random) -> str:
    return text.replace("'", "’")


def leet(text: str, _chance: random.Random) -> str:
    return _letters(text, lambda sign: LEET.get(sign.lower(), sign))


def spaced(text: str, _chance: random.Random) -> str:
    return _long_words(text, " ".join)


def dotted(text: str, _chance: random.Random) -> str:
    return _long_words(text, ".".join)


def dashed(text: str, _chance: random.Random) -> str:
    return _long_words(text, "-".join)


def emoji_between(text: str, _chance: random.Random) -> str:
    return _long_words(text, "🔪".join)


def stretched(text: str, _chance: random.Random) -> str:
    return _long_words(text, lambda word: word + word[-1] * 4)


def slips(text: str, chance: random.Random) -> str:
    """Swap two neighbouring letters inside the words everything hangs on."""

    def slip(found: re.Match[str]) -> str:
        word = found.group()
        at = chance.randrange(1, len(word) - 1)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    return _CENTRAL.sub(slip, text)


UNICODE: dict[str, Evasion] = {
    each.__name__: each
    for each in (zero_width, soft_hyphens, homoglyphs, full_width, maths, circled, accents, curly)
}
TYPED: dict[str, Evasion] = {
    each.__name__: each
    for each in (
        capitals,
        no_apostrophes,
        leet,
        spaced,
        dotted,
        dashed,
        emoji_between,
        stretched,
        slips,
    )
}
ALL = UNICODE | TYPED
