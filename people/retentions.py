"""How long each kind of record is kept, as an organisation decides it."""

from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import Field

from core.tables import Retention
from people.documents import Settled

# Never so short that what was decided today is gone before anybody can question it.
Days = Annotated[int, Field(ge=30, le=36_500)]


class Lengths(Settled):
    """Days from when something is over. None: until its person erases it, or for ever."""

    kind: ClassVar[str] = "retention"
    review: str = ""
    days: dict[Retention, Days | None]
    words: dict[Retention, str]

    def before(self, kind: Retention, *, now: datetime) -> datetime | None:
        """Return the moment before which what was over goes; None when nothing goes by itself."""
        days = self.days.get(kind)
        return None if days is None else now - timedelta(days=days)
