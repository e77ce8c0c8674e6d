"""The made-up community's words, as files beside this one."""

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a talk."""

    by: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said in a group, or between two."""

    group: str | None
    between: tuple[str, str] | None
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something said lately that is work for a moderator."""

    group: str | None
    between: tuple[str, str] | None
    said: Said
    reported_by: str | None
    note: str
    kind: str


@cache
def _file(name: str) -> Any:
    return json.loads(resources.files("beenthere.demo").joinpath(f"{name}.json").read_text("utf-8"))


def people() -> list[dict[str, Any]]:
    """Return everybody: document, roles and the audience whose door leads to them."""
    found: list[dict[str, Any]] = _file("people")
    return found


def groups() -> list[dict[str, Any]]:
    """Return the groups with their cards and members."""
    found: list[dict[str, Any]] = _file("groups")
    return found


def talks(now: datetime) -> list[Talk]:
    """Return what was said, in days before `now`."""
    return [
        Talk(
            group=one.get("group"),
            between=_pair(one.get("between")),
            said=tuple(_said(line, now) for line in one["messages"]),
        )
        for one in _file("talks")
    ]


def _said(line: dict[str, Any], now: datetime) -> Said:
    day = (now.astimezone(ZONE) - timedelta(days=line["days_ago"])).date()
    clock = time.fromisoformat(line["at"])
    return Said(line["by"], line["words"], datetime.combine(day, clock, ZONE))


def _pair(names: list[str] | None) -> tuple[str, str] | None:
    return (names[0], names[1]) if names else None


def queue(now: datetime) -> list[Waiting]:
    """Return what moderators have to do, the oldest first."""
    found = [
        Waiting(
            group=one["talk"].get("group"),
            between=_pair(one["talk"].get("between")),
            said=Said(one["by"], one["words"], now - timedelta(minutes=one["minutes_ago"])),
            reported_by=one["reported_by"],
            note=one["note"] or "",
            kind=one["kind"],
        )
        for one in _file("queue")
    ]
    return sorted(found, key=lambda one: one.said.at)
