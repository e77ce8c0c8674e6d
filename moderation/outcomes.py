"""What becomes of what was learned about one category: taken, or why not. Pure."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

from core.safety import Category

LEARNED, FEW, NO_BETTER, LOSES = "learned", "few", "no_better", "loses"
# One text judged otherwise is chance.
FEWEST_GAINED: Final = 2
# A true one that is missed weighs as much as so many that bring somebody for nothing.
MISSED: Final = 2
# Of those that were found, so large a part may be missed at most; of distress none.
MOST_MISSED: Final = 0.1


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one category. `caught` and `alarms` are of decisions it had not learned from,
    where no rule decides: true ones a guess would bring, and wrong ones, before and after.
    """

    about: str
    so: int
    not_so: int
    outcome: str
    caught: tuple[int, int] = (0, 0)
    alarms: tuple[int, int] = (0, 0)
    lost: tuple[str, ...] = ()

    @property
    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)


def judged(told: Told, asked: Iterable[Iterable[tuple[bool, bool, bool]]]) -> Told:
    """Return what is told once the others' texts were asked: better, or no better."""
    each = [one for fold in asked for one in fold]
    caught, alarms = _counts(each, so=True), _counts(each, so=False)
    gained = MISSED * (caught[1] - caught[0]) + alarms[0] - alarms[1]
    may_miss = 0 if told.about == Category.DISTRESS else MOST_MISSED * caught[0]
    is_missing = caught[0] - caught[1] > may_miss
    outcome = LEARNED if gained >= FEWEST_GAINED and not is_missing else NO_BETTER
    return Told(told.about, told.so, told.not_so, outcome, caught=caught, alarms=alarms)


def _counts(asked: Iterable[tuple[bool, bool, bool]], *, so: bool) -> tuple[int, int]:
    guessed = [(was, now) for is_so, was, now in asked if is_so is so]
    return sum(was for was, _ in guessed), sum(now for _, now in guessed)
