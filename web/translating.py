"""Words of pages in the reader's language; and a pretend one that shows what was not wrapped."""

from functools import lru_cache
from gettext import NullTranslations
from importlib import resources
from pathlib import Path
from typing import Final

from babel.support import Translations

PSEUDO: Final = "qps"
RIGHT_TO_LEFT: Final = {PSEUDO, "ar", "fa", "he", "ur"}
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
