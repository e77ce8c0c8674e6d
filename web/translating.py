"""Words of pages in the reader's language; and a pretend one that shows what was not wrapped."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from gettext import NullTranslations
from importlib import resources
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime, get_timezone_location, get_timezone_name
from babel.support import Translations

from core import sentences
from core.sentences import Sentence, Shape, When

PSEUDO: Final = "qps"
RIGHT_TO_LEFT: Final = {PSEUDO, "ar", "fa", "he", "ur"}
# Hours from 0 to 23 everywhere: a.m. and p.m. are told apart by nobody at night.
_PATTERNS: Final[dict[Shape, str]] = {
    "moment": "EEE d MMM HH:mm",
    "clock": "H:mm",
    "weekday": "EEEE",
    "weekday_of": "EEEE",
    "day": "EEEE d MMMM",
    "date": "d MMMM y",
}
_WITH_A_CLOCK: Final = {"moment", "clock"}
_ACCENTED: Final = str.maketrans("aeiouAEIOUcnsy", "áéíóúÁÉÍÓÚçñšý")


class PseudoTranslations(NullTranslations):
    """About a third longer and marked: ⟦Ûrgént hélp ~~~⟧. Pages read right to left in it."""

    def gettext(self, message: str) -> str:
        """Return the marked message; names in %(…)s stay as they are."""
        return _pretend(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the marked singular or plural."""
        return _pretend(msgid1 if n == 1 else msgid2)


def _pretend(message: str) -> str:
    parts = message.split("%(")
    spoken = [parts[0].translate(_ACCENTED)]
    for part in parts[1:]:
        name, mark, rest = part.partition(")s")
        spoken.append(f"{name}{mark}{rest.translate(_ACCENTED)}")
    return "⟦" + "%(".join(spoken) + " " + "~" * (len(message) // 3) + "⟧"


@lru_cache
def translations(language: str) -> NullTranslations:
    """Return the catalogue for a language; English needs none."""
    if language == PSEUDO:
        return PseudoTranslations()
    folder = Path(str(resources.files("web").joinpath("locale")))
    return Translations.load(folder, [language])


def direction(language: str) -> str:
    """Return "rtl" or "ltr"."""
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


@dataclass(frozen=True, slots=True)
class Voice:
    """A page's language, and the zone its clocks are in."""

    language: str
    zone: str = "UTC"

    def gettext(self, message: str) -> str:
        """Return the message in this language."""
        return translations(self.language).gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the message for so many of something."""
        return translations(self.language).ngettext(msgid1, msgid2, n)

    def when(self, at: datetime, zone: str, shape: Shape) -> str:
        """Say a moment; a clock that shows the same time twice that night is told apart."""
        local = at.astimezone(ZoneInfo(zone or self.zone))
        locale = locale_of(self.language)
        words = format_datetime(local, _PATTERNS[shape], tzinfo=local.tzinfo, locale=locale)
        if shape in _WITH_A_CLOCK and _is_repeated(local):
            words += " " + get_timezone_name(local, "short", locale=locale)
        return f"⟦{words}⟧" if self.language == PSEUDO else words

    def told(self, value: Any) -> Any:
        """Say a sentence of ours; anything else is returned as it is."""
        return sentences.told(value, self) if isinstance(value, Sentence | When) else value

    @property
    def place(self) -> str:
        """Where clocks show this zone's time: "New York"."""
        found = get_timezone_location(
            ZoneInfo(self.zone), locale=locale_of(self.language), return_city=True
        )
        return str(found)


def _is_repeated(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


@lru_cache
def locale_of(language: str) -> Locale:
    """Return what Babel knows of a language; English where it knows nothing."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")
