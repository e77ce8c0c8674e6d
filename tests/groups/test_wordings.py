"""What a group's card may say, and what becomes of one that may not go up."""

from typing import Any

import pytest
from conftest import MORNING

from core.safety import Category, Response, SubjectKind, Tier, Verdict
from groups import card_changes, cards, openings, wordings
from groups.cards import Card
from groups.wordings import CardHeld, NamePoses, RungFirst
from people.permissions import Actor

pytestmark = pytest.mark.anyio

THREAT = Verdict(Response.HOLD, because=("threat: words",), categories=frozenset({Category.THREAT}))
CRUEL = Verdict(tier=Tier.ROUTINE, folded=((0, 3),), categories=frozenset({Category.HARASSMENT}))
ASKED = Verdict(Response.ASK, categories=frozenset({Category.CONTACT}))
SPAM = Verdict(tier=Tier.ROUTINE, categories=frozenset({Category.SPAM}))


@pytest.mark.parametrize(
    "name",
    [
        "Samaritans", "The Samaritans", "SAMARITANS UK", "Sama\u200britans", "Crisis line",
        "Night helpline", "Help-line", "Ｈｅｌｐｌｉｎｅ", "Childline", "Call 112",
        "The Staff", "staff team", "Moderators", "Admin", "Support", "Support team", "Been There",
        "Safeguarding", "S\u0430m\u0430ritans", "\u041coderat\u043ers", "Childl\u0456ne",
    ],
)  # fmt: skip
def test_a_name_that_promises_staff_or_a_helpline_poses(name: str) -> None:
    assert wordings.poses(name)


@pytest.mark.parametrize(
    "name",
    [
        "Tea and telly", "Police widows", "Ambulance crews", "Work in the NHS",
        "Hearing voices, Hastings", "Nurses who burned out",
        "Staff of the night shift", "Helping each other", "Support for carers", "Line dancing",
        "Been There, done that", "Modern mums", "Living with lifelong pain", "Grŵp te",
    ],
)  # fmt: skip
def test_an_ordinary_name_does_not_pose(name: str) -> None:
    assert not wordings.poses(name)


def test_the_number_that_this_organisation_rings_first_poses() -> None:
    shipped = RungFirst().numbers
    assert wordings.poses("Call 999", numbers=shipped)
    assert not wordings.poses("Call 000", numbers=shipped)
    phone = {"tel": "000", "display": "000 or 106"}
    elsewhere = RungFirst.model_validate({"regions": [], "emergency": {"phone": phone}})
    assert wordings.poses("Night 106", numbers=elsewhere.numbers)


@pytest.mark.parametrize("verdict", [THREAT, CRUEL, ASKED])
async def test_a_card_that_can_not_be_shown_whole_is_not_put_up(
    house: Any, administrator: Actor, josie: Actor, verdict: Verdict
) -> None:
    group, josie = await house.open_group(administrator, josie)
    with pytest.raises(CardHeld) as held:
        async with house.work() as session:
            await card_changes.change(
                session, josie, group.id, Card(name="Cake"), over_version=1, verdict=verdict,
                safety=house.safety, now=MORNING,
            )  # fmt: skip
    assert held.value.verdict == verdict
    with pytest.raises(CardHeld):
        async with house.work() as session:
            await openings.open_group(
                session, administrator, Card(name="Cake"), facilitator_id=josie.account_id,
                verdict=verdict, safety=house.safety, now=MORNING,
            )  # fmt: skip
    async with house.reading() as session:
        assert [one.card.name for one in await cards.everything(session)] == ["Tea"]


async def test_a_name_that_poses_is_refused_to_whoever_chooses_it(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    group, josie = await house.open_group(administrator, josie)
    with pytest.raises(NamePoses):
        await house.open_group(administrator, josie, name="Samaritans")
    with pytest.raises(NamePoses) as refused:
        async with house.work() as session:
            await card_changes.change(
                session, josie, group.id, Card(name="Helpline"), over_version=1, now=MORNING
            )
    assert refused.value.extra["field"] == "name"


async def test_a_card_a_person_should_see_goes_up_and_is_looked_at(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    group, josie = await house.open_group(administrator, josie)
    async with house.work() as session:
        await card_changes.change(
            session, josie, group.id, Card(name="Cake"), over_version=1, verdict=SPAM,
            safety=house.safety, now=MORNING,
        )  # fmt: skip
    [(subject, concern)] = house.safety.flags
    assert (subject.kind, subject.id, subject.author_id) == (
        SubjectKind.GROUP, group.id, josie.account_id,
    )  # fmt: skip
    assert "Cake" in concern.words
