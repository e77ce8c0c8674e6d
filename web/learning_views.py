"""What guesses do and learn here, as its page says it: numbers and ways of speaking, no words."""

from typing import Any

from core.safety import Category
from core.sentences import Sentence, say, together
from moderation import drift, outcomes, retraining
from moderation.heads import Heads
from moderation.learned import ScreeningCorrection
from moderation.standings import Head, Standing
from web.labels import CATEGORIES
from web.rendering import moment


def told(found: Standing, heads: Heads) -> dict[str, Any]:
    """Return everything the page needs."""
    newest, document = found.newest, found.document
    is_new = newest is not None and newest.id not in (document.learned, document.beside)
    return {
        "alone": "",
        "version": found.version,
        "heads": [_head(one) for one in found.heads if one.budget or one.so or one.not_so],
        "in_use": _in_use(found),
        "after": newest.id if newest else "",
        "proposal": newest and {"at": moment(newest.made_at), "lines": _lines(newest)},
        "can_watch": bool(is_new and newest and newest.kept and newest.base == heads.digest),
        "beside": _beside(found),
        "can_use": bool(document.beside) and found.may_be_used,
        "can_stop": bool(document.beside),
        "can_go_back": bool(document.learned) and not document.beside,
    }


def _head(one: Head) -> dict[str, Any]:
    return {"label": CATEGORIES[one.about], "words": together(*_how(one))}


def _how(one: Head) -> list[Sentence]:
    found = [say("Nothing was counted in the last seven days.")]
    if one.rate.texts:
        found = [
            say(
                "Of %(texts)s texts in the last seven days, guesses asked somebody to look at"
                " %(looked)s: %(rate)s in a thousand. You set %(budget)s.",
                texts=one.rate.texts,
                looked=one.rate.looked,
                rate=f"{one.rate.per_thousand:.1f}",
                budget=one.budget,
            ),
            _shift(one.shift),
        ]
    if one.so or one.not_so:
        found.append(_found(one))
    return found


def _found(one: Head) -> Sentence:
    return say(
        "In a year people found that %(so)s were what they were taken for, and %(not_so)s not.",
        so=one.so, not_so=one.not_so,
    )  # fmt: skip


def _shift(shift: float | None) -> Sentence:
    if shift is None:
        return say("There are too few texts to say whether people write otherwise than before.")
    if shift < drift.SOME:
        return say("People write as they did in the four weeks before.")
    if shift < drift.MUCH:
        return say("People write a little otherwise than in the four weeks before.")
    return say(
        "People write quite otherwise than in the four weeks before. It may judge less well:"
        " please look at what it brings."
    )


def _in_use(found: Standing) -> Sentence:
    if found.is_outdated:
        return say(
            "What was learned here was learned for an older model. The shipped one judges until"
            " you learn again."
        )
    if found.document.learned:
        return say("What was learned here is in use.")
    return say("The model is in use as it was shipped.")


def _beside(found: Standing) -> Sentence | None:
    if not found.document.beside:
        return None
    return say(
        "It is watched beside, and brings nobody. Of %(texts)s texts it would have asked somebody"
        " to look at %(beside)s; what is in use asked for %(used)s.",
        texts=found.beside_texts,
        beside=sum(one.beside.looked for one in found.heads),
        used=sum(one.rate.looked for one in found.heads),
    )


def _lines(newest: ScreeningCorrection) -> list[Sentence]:
    told = [outcomes.Told(**one) for one in newest.told]
    return [_line(one) for one in told if one.so or one.not_so] or [
        say("Nobody has decided anything yet that it could learn from.")
    ]


def _line(one: outcomes.Told) -> Sentence:
    category = CATEGORIES[Category(one.about)]
    if one.outcome == outcomes.FEW:
        return say(
            "%(category)s: too few decisions. %(so)s were what they were taken for and %(not_so)s"
            " were not; it takes %(few)s together and %(each)s of each, from %(people)s people.",
            category=category, so=one.so, not_so=one.not_so, few=retraining.FEWEST,
            each=retraining.FEWEST_OF_EACH, people=retraining.FEWEST_PEOPLE,
        )  # fmt: skip
    if one.outcome == outcomes.LOSES:
        return say(
            "%(category)s: not taken. It would understand less of what people say in other ways:"
            " %(kinds)s.",
            category=category,
            kinds=", ".join(kind.replace("_", " ").replace("/", ": ") for kind in one.lost),
        )
    if one.outcome == outcomes.NO_BETTER:
        return say("%(category)s: not taken. It would be no better.", category=category)
    return say(
        "%(category)s: better. Of decisions that it had not learned from, right guesses go from"
        " %(was)s to %(now)s, and wrong ones from %(alarms)s to %(fewer)s.",
        category=category, was=one.caught[0], now=one.caught[1],
        alarms=one.alarms[0], fewer=one.alarms[1],
    )  # fmt: skip
