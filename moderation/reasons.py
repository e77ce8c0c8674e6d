"""Why a member asks for a person to look, and what each reason means for the order of things."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from core.safety import Category, Tier


class Reason(StrEnum):
    """Why a member asks for a person to look; pages give each a sentence."""

    WORRIED = "worried"  # about them, not by them
    THREAT = "threat"
    HARM = "harm"  # nudges somebody towards harming themselves
    SEXUAL = "sexual"
    STALKING = "stalking"
    HATE = "hate"
    DETAILS = "details"  # gives away who or where somebody is
    PRESSING = "pressing"
    UNKIND = "unkind"
    MEDICINES = "medicines"
    SELLING = "selling"
    SOMETHING_ELSE = "something_else"
    LOOK_AGAIN = "look_again"  # about a decision, by whom it is about
    # The rest nobody chooses: the desk says them to itself.
    SECOND_READER = "second_reader"
    SAME_ADDRESS = "same_address"
    SAME_INVITATION = "same_invitation"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Meaning:
    """How soon a reason asks for a look, and what it is about."""

    tier: Tier
    categories: frozenset[Category] = frozenset()


def _means(tier: Tier, *categories: Category) -> Meaning:
    return Meaning(tier, frozenset(categories))


REASONS: Final[Mapping[Reason, Meaning]] = MappingProxyType(
    {
        Reason.WORRIED: _means(Tier.NOW, Category.DISTRESS),
        Reason.THREAT: _means(Tier.NOW, Category.THREAT),
        Reason.HARM: _means(Tier.NOW, Category.ENCOURAGEMENT),
        Reason.SEXUAL: _means(Tier.SOON, Category.SEXUAL),
        Reason.STALKING: _means(Tier.SOON, Category.THREAT, Category.HARASSMENT),
        Reason.HATE: _means(Tier.SOON, Category.HATE),
        Reason.DETAILS: _means(Tier.SOON, Category.HARASSMENT),
        Reason.PRESSING: _means(Tier.ROUTINE, Category.HARASSMENT, Category.CONTACT),
        Reason.UNKIND: _means(Tier.ROUTINE, Category.HARASSMENT),
        Reason.MEDICINES: _means(Tier.ROUTINE, Category.MEDICATION),
        Reason.SELLING: _means(Tier.ROUTINE, Category.SPAM),
        Reason.SOMETHING_ELSE: _means(Tier.ROUTINE),
        Reason.LOOK_AGAIN: _means(Tier.ROUTINE),
        Reason.SECOND_READER: _means(Tier.ROUTINE),
        Reason.SAME_ADDRESS: _means(Tier.SOON),
        Reason.SAME_INVITATION: _means(Tier.ROUTINE),
        Reason.LETTER: _means(Tier.SOON),
    }
)
# Not said against anybody.
KINDLY: Final = (Reason.WORRIED, Reason.LOOK_AGAIN)
# Somebody other than who decided decides then.
ASKS_ANOTHER: Final = (Reason.LOOK_AGAIN, Reason.SECOND_READER)
DESKS_OWN: Final = frozenset(
    {
        Reason.LOOK_AGAIN,
        Reason.SECOND_READER,
        Reason.SAME_ADDRESS,
        Reason.SAME_INVITATION,
        Reason.LETTER,
    }
)
