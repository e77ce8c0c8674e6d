"""The made-up community's words: files beside this one, each held against a shape as it is read."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from beenthere.demo import scripts
from beenthere.demo.scripts import Script
from beenthere.serving import Refused
from core.sentences import say
from groups.cards import Card
from matching import fields
from matching.documents import Person
from moderation.reasons import Reason
from people.permissions import Role

HERE: Final = Path(__file__).parent
SETS_OF_DAYS: Final = {
    "daily": fields.DAYS,
    "weekdays": fields.DAYS[:5],
    "weekend": fields.DAYS[5:],
}


class Written(BaseModel):
    """A field that nobody knows is a slip of the pen, and refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Teller(Written):
    """Somebody: what they tell, what they do here, and whose door leads to them."""

    document: Person
    roles: tuple[Role, ...] = ()
    audience: str = ""


class Decided(Written):
    """Something a group is asked to decide: by whom, since when, and who chose what so far."""

    by: str
    question: str
    options: tuple[str, ...]
    hours_ago: int = Field(gt=0)
    days: int = 7
    # Short name → which of the options, from 1.
    chose: dict[str, int] = {}


class Asking(Written):
    """Somebody who would like to come in, with a few words."""

    by: str
    words: str
    hours_ago: int = Field(gt=0)


class Circle(Written):
    """A group: its card, who looks after it, who is in it, and what they keep up together.

    Where it is just us, nobody looks after it: `facilitator` is who started it.
    """

    card: Card
    facilitator: str
    members: tuple[str, ...]
    is_just_us: bool = False
    together: tuple[str, ...] = ()
    line: str = ""
    agreement: tuple[str, ...] = ()
    decides: tuple[Decided, ...] = ()
    asking: tuple[Asking, ...] = ()

    @property
    def named(self) -> set[str]:
        """Everybody it names as being in it."""
        voices = {one.by for one in self.decides} | {by for one in self.decides for by in one.chose}
        return {self.facilitator, *self.members, *self.together} | voices


class Waiting(Written):
    """Something said lately that is work for a moderator. Software noticed what nobody told."""

    talk: tuple[str, ...] = Field(alias="in")
    by: str
    minutes_ago: int = Field(gt=0)
    words: str
    told_by: str = ""
    reason: Reason = Reason.SOMETHING_ELSE
    note: str = ""

    @field_validator("talk", mode="before")
    @classmethod
    def _named(cls, named: str) -> tuple[str, ...]:
        return scripts.who_of(named)


@cache
def people(here: Path = HERE) -> dict[str, Teller]:
    """Return everybody by a short name; a file holds one kind of life."""
    return {
        name: _teller(file, name, told)
        for file in _files(here / "people")
        for name, told in _table(file).items()
    }


@cache
def groups(here: Path = HERE) -> dict[str, Circle]:
    """Return the groups by a short name."""
    file = here / "groups.toml"
    return {name: _circle(file, name, told) for name, told in _table(file).items()}


@cache
def talks(here: Path = HERE) -> tuple[Script, ...]:
    """Return what was said in groups and between two."""
    return tuple(_script(file) for file in _files(here / "talks"))


@cache
def queue(here: Path = HERE) -> tuple[Waiting, ...]:
    """Return what moderators have to do, the oldest first."""
    file = here / "queue.toml"
    with _reading(file):
        found = [Waiting.model_validate(one) for one in _table(file)["waiting"]]
    return tuple(sorted(found, key=lambda one: -one.minutes_ago))


def check(now: datetime, here: Path = HERE) -> None:
    """Hold the files against each other: who speaks is known, in the room, and in order.

    Raises:
        Refused: says what doesn't fit, and where it stands.
    """
    for name, circle in groups(here).items():
        _known(name, circle.named, among=people(here).keys())
        _known(name, circle.named, among=circle.members)
        _known(name, {one.by for one in circle.asking}, among=people(here).keys())
    for talk in talks(here):
        named = " & ".join(talk.who)
        _known(named, {line.by for line in talk.lines}, among=_room(talk.who, here))
        moments = [line.at(now) for line in talk.lines]
        if moments != sorted(moments):
            raise Refused(say("%(place)s: what was said is not in order.", place=named))
    for one in queue(here):
        said_by = {one.by, one.told_by} - {""}
        _known(" & ".join(one.talk), said_by, among=_room(one.talk, here))


def _room(who: tuple[str, ...], here: Path) -> set[str]:
    """Return who is in the room of a group, or of two people."""
    (first, *_) = who
    circle = groups(here).get(first)
    return set(circle.members) if circle else set(who) & people(here).keys()


def _known(place: str, names: set[str], *, among: Any) -> None:
    for name in sorted(names - set(among)):
        raise Refused(say("%(place)s: there is no %(name)s here.", place=place, name=name))


def _teller(file: Path, name: str, told: dict[str, Any]) -> Teller:
    with _reading(file, name):
        about = {key: told.pop(key) for key in ("roles", "audience") if key in told}
        told |= {"id": name, "available": list(_slots(told.pop("free", "")))}
        return Teller.model_validate(about | {"document": told})


def _circle(file: Path, name: str, told: dict[str, Any]) -> Circle:
    with _reading(file, name):
        beside = Circle.model_fields.keys() - {"card"}
        inside = {key: told.pop(key) for key in beside if key in told}
        return Circle.model_validate(inside | {"card": told})


def _script(file: Path) -> Script:
    with _reading(file):
        return scripts.parse(file.read_text("utf-8"))


def _slots(free: str) -> Iterator[str]:
    """Yield slots: "weekdays evening night, sat afternoon" is eleven."""
    for some in filter(None, free.split(", ")):
        days, *parts = some.split()
        for day in SETS_OF_DAYS.get(days, (days,)):
            yield from (f"{day}-{part}" for part in parts)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def _table(file: Path) -> dict[str, Any]:
    with _reading(file):
        return tomllib.loads(file.read_text("utf-8"))


@contextmanager
def _reading(file: Path, name: str = "") -> Iterator[None]:
    """Say of a fault which file it is in, and whose words."""
    place = f"{file.name}, {name}" if name else file.name
    try:
        yield
    except ValidationError as error:
        _, fault = fields.fault(error)
        raise Refused(say("%(place)s: %(fault)s", place=place, fault=fault)) from None
    except ValueError as error:
        raise Refused(say("%(place)s: %(fault)s", place=place, fault=str(error))) from None
