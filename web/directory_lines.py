"""One line of the crisis directory as the fields of a form, and back."""

import re
from datetime import date, time
from typing import Any, Final

from core.errors import Invalid, NotFound
from core.sentences import say
from moderation.documents import DAYS, Line, Region, WeeklyHours
from web.forms import Form

NEW: Final = "new"


def values(line: Line) -> dict[str, str]:
    """Return what stands in the fields of a line as it is."""
    found = {name: getattr(line, name) for name in ("name", "what", "hours_words", "for_whom")}
    found |= {"email": line.email or "", "web": line.web or ""}
    found |= {"languages": ", ".join(line.languages)}
    if line.phone is not None:
        found |= {"tel": line.phone.tel, "display": line.phone.display}
    if line.text is not None:
        found |= {"number": line.text.number, "keyword": line.text.keyword or ""}
        found["text_display"] = line.text.display
    if isinstance(line.hours, WeeklyHours):
        found |= {f"day_{day}": "yes" for day in line.hours.days}
        return found | {"from": f"{line.hours.start:%H:%M}", "to": f"{line.hours.end:%H:%M}"}
    return found | {"always": "yes"}


def line_of(region: Region, line_id: str) -> Line:
    """Return the line of that id.

    Raises:
        NotFound: there is none.
    """
    found = next((line for line in region.services if line.id == line_id), None)
    if found is None:
        raise NotFound
    return found


def changed(region: Region, line_id: str, form: Form, *, today: date) -> list[dict[str, Any]]:
    """Return the region's lines with this one changed, added or taken away."""
    lines = [line.model_dump(by_alias=True) for line in region.services]
    if line_id == NEW:
        taken = {line.id for line in region.services}
        fresh = _id(form.get("name"), taken)
        return [*lines, _told(form, today) | {"id": fresh, "is_emergency": False}]
    before = line_of(region, line_id)
    if form.get("do") == "remove":
        return [line for line in lines if line["id"] != line_id]
    kept = {"id": before.id, "is_emergency": before.is_emergency}
    return [_told(form, today) | kept if line["id"] == line_id else line for line in lines]


def _id(name: str, taken: set[str]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "line"
    numbered = (f"{plain}-{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (plain, *numbered) if one not in {*taken, NEW})


def _told(form: Form, today: date) -> dict[str, Any]:
    phone = {"tel": digits(form.get("tel")), "display": form.get("display") or form.get("tel")}
    text = {
        "number": digits(form.get("number")), "keyword": form.get("keyword") or None,
        "display": form.get("text_display"),
    }  # fmt: skip
    if not any(form.has(name) for name in ("tel", "number", "email", "web")):
        raise Invalid(say("Please give at least one way to reach them."), field="tel")
    return {
        "name": form.get("name"), "what": form.get("what"),
        "phone": phone if form.has("tel") else None, "text": text if form.has("number") else None,
        "email": form.get("email") or None, "web": form.get("web") or None,
        "hours": _hours(form), "hours_words": form.get("hours_words"),
        "for_whom": form.get("for_whom"),
        "languages": [one.strip() for one in form.get("languages").split(",") if one.strip()],
        "last_reviewed": today,
    }  # fmt: skip


def _hours(form: Form) -> dict[str, Any]:
    if form.get("always") == "yes":
        return {"always": True}
    days = [day for day in DAYS if form.get(f"day_{day}") == "yes"]
    if not days:
        raise Invalid(say("Please say on which days they can be reached."), field="always")
    return {"days": days, "from": _time(form, "from"), "to": _time(form, "to")}


def _time(form: Form, name: str) -> time:
    try:
        return time.fromisoformat(form.get(name))
    except ValueError:
        raise Invalid(say("Please write a time like 09:00."), field=name) from None


def digits(typed: str) -> str:
    """Return a number as it is dialled."""
    return re.sub(r"[\s().-]", "", typed)
