"""Names that could be taken for another's: somebody's here, or those of the people who run it.

Letters that look alike are one (Unicode UTS 39 §4 calls it a skeleton; here are the letters of
it that a name in Latin letters can be imitated with). What may not be used at all is a document,
so that an organisation can add the words its own people go by.
"""

import re
import unicodedata
from typing import ClassVar, Final

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Invalid
from core.sentences import say
from people import documents
from people.organisations import Organisation

# After casefolding: capitals decide where only they look alike (В is a B, в is none).
_SEEN: Final = "авекмнорстухіјѕһԁԛԝѵӏүєαβεζηικμνορτυχγωօսհոցզɑɡıʟɪʀɴᴀᴇᴏꜱᴍᴅᴛ"
_LIKE: Final = "abekmhopctyxijshdqwvlyeabezhikmnoptyxywouhngqagilirnaeosmdt"
_LETTERS: Final = str.maketrans(_SEEN, _LIKE)
# In words of staff a digit or another stroke is an imitation; in somebody's name it may be theirs.
_STROKES: Final = str.maketrans("013457@$|!", "oleasta" + "sll")
# A short word may be a part of a longer one by chance ("badminton"); a long one is not.
LONG: Final = 9


class ReservedNames(documents.Settled):
    """Words that only the people who run a place may go by."""

    kind: ClassVar[str] = "reserved_names"
    words: tuple[str, ...]


class NameReserved(Invalid):
    """Others would take it for somebody who runs this place."""

    code, title = (
        "name_reserved",
        say(
            "That name could be taken for one of the people who run this place. Please choose"
            " another."
        ),
    )


def key(name: str) -> str:
    """Return what makes two names look the same: script, case, width, spaces, dots don't count."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    letters = "".join(one for one in plain if unicodedata.category(one)[0] not in "PZC")
    return as_seen(letters or plain)


def as_seen(casefolded: str) -> str:
    """Return the Latin letters that these look like; others stay themselves."""
    return casefolded.translate(_LETTERS)


async def refuse_reserved(session: AsyncSession, name: str, *, site_name: str) -> None:
    """Refuse a name that could be taken for staff's, the organisation's, or the site's.

    Raises:
        NameReserved: it could.
    """
    reserved = await documents.current(session, ReservedNames)
    organisation = await session.get(Organisation, session.info["organisation_id"])
    own = organisation.name if organisation else ""
    if poses_as(name, words=reserved.words, places=(own, site_name)):
        raise NameReserved(field="name")


def poses_as(name: str, *, words: tuple[str, ...], places: tuple[str, ...] = ()) -> bool:
    """Tell whether a name is one of these, has one of `words` in it, or hides a long one.

    A place's own name is often an ordinary word ("Mind"), so it may be a part of somebody's.
    """
    plain = re.sub(r"\d+\s*$", "", name)
    whole = _flat(plain)
    parts = {_flat(part) for part in re.split(r"[\W_]+", plain)} | {whole}
    parts |= {part.removesuffix("s") for part in parts}
    staff, own = {_flat(word) for word in words} - {""}, {_flat(place) for place in places} - {""}
    is_hidden = any(len(word) >= LONG and word in whole for word in staff | own)
    return is_hidden or bool(staff & parts) or whole in own


def _flat(text: str) -> str:
    return key(text.translate(_STROKES)).translate(_STROKES).replace("i", "l")
