"""What a group says of itself, who may change it, and that it is offered."""

import asyncio
from typing import Any

import pytest
from conftest import MORNING
from sqlalchemy import func, select

from chat import rooms
from core import ids
from core.errors import Forbidden, Invalid, NotFound
from core.safety import Mode
from groups import card_changes, cards, facilitators, members, openings, rosters, stays
from groups.cards import Card, ChangedElsewhere, Door, Group, TooFewPlaces
from matching import crowds
from people import audit, roles
from people.permissions import Actor, Grant, Role

pytestmark = pytest.mark.anyio


async def pushed(house: Any) -> dict[str, Any]:
    async with house.reading() as session:
        everyone = (await crowds.everyone(session)).open()
    return {card.name: card for card in everyone.groups.values()}


async def change(house: Any, actor: Actor, group: Group, over: int = 1, **said: Any) -> int:
    card = Card.model_validate({"name": "Tea", "door": "open"} | said)
    async with house.work() as session:
        return await card_changes.change(
            session, actor, group.id, card, over_version=over, now=MORNING
        )


async def test_clicks_at_the_same_moment_open_one_group(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    opened = await asyncio.gather(*(house.open_group(administrator, josie) for _ in range(8)))
    assert len({group.id for group, _ in opened}) == 1
    async with house.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Group)) == 1


async def test_a_group_opens_with_a_room_and_somebody_to_look_after_it(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    group, josie = await house.open_group(
        administrator, josie, purpose="Tea and talk.", topics=["Voices"]
    )
    assert josie.has(Role.FACILITATOR, group.id)
    async with house.reading() as session:
        card = await cards.read(session, group.id)
        in_room = await rooms.members(session, group.room_id)
        entries = await session.scalars(select(audit.AuditEntry.kind))
    assert (card.card.purpose, card.card.topics) == ("Tea and talk.", ("hearing voices",))
    assert (card.member_count, card.has_room, card.safety_mode) == (1, True, Mode.STANDARD)
    assert in_room == {josie.account_id}
    assert "group_opened" in set(entries)
    assert await house.told(josie) == ["You look after Tea now. Thank you."]
    [document] = (await pushed(house)).values()
    assert [one.topic for one in document.experiences] == ["hearing voices"]


async def test_only_an_administrator_opens_a_group_and_not_for_themselves(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    with pytest.raises(Forbidden):
        await house.open_group(josie, administrator)
    with pytest.raises(Forbidden, match="themselves"):
        await house.open_group(administrator, administrator)
    assert await pushed(house) == {}


async def test_a_group_never_begins_as_self_held(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    with pytest.raises(Invalid):
        async with house.work() as session:
            await openings.open_group(
                session, administrator, Card(name="Tea"), facilitator_id=josie.account_id,
                now=MORNING, safety_mode=Mode.SELF_HELD,
            )  # fmt: skip


async def test_a_facilitator_changes_the_card_and_it_is_offered_anew(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    group, josie = await house.open_group(administrator, josie)
    assert await change(house, josie, group, name="Coffee", about="Strong.") == 2
    [document] = (await pushed(house)).values()
    assert (document.name, document.experiences[0].words) == ("Coffee", "Strong.")
    with pytest.raises(ChangedElsewhere):
        await change(house, josie, group, over=1, name="Water")
    async with house.reading() as session:
        assert (await cards.read(session, group.id)).card.name == "Coffee"


async def test_nobody_else_changes_the_card(house: Any, administrator: Actor, josie: Actor) -> None:
    group, _ = await house.open_group(administrator, josie)
    other, ben = await house.open_group(administrator, await house.join("Ben"), name="Walks")
    for stranger in (await house.join("Cem"), ben):
        with pytest.raises(Forbidden):
            await change(house, stranger, group)
    with pytest.raises(NotFound):
        async with house.work() as session:
            await card_changes.change(
                session, ben, ids.new_id(), Card(name="X"), over_version=1, now=MORNING
            )
    assert await change(house, ben, other) == 2


async def test_there_are_never_fewer_places_than_people(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    group, josie = await house.open_group(administrator, josie, capacity=5)
    for name in ("Ada", "Ben", "Cem"):
        await house.come(await house.join(name), group)
    with pytest.raises(TooFewPlaces, match="There are 4 people"):
        await change(house, josie, group, capacity=3)
    await change(house, josie, group, capacity=4)
    assert not (await pushed(house))["Tea"].has_room


async def test_a_full_group_is_offered_again_when_somebody_leaves(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    group, josie = await house.open_group(administrator, josie, capacity=2)
    ada = await house.join("Ada")
    assert (await pushed(house))["Tea"].has_room
    await house.come(ada, group)
    assert not (await pushed(house))["Tea"].has_room
    async with house.work() as session:
        await members.leave(session, ada, group.id, now=MORNING)
    assert (await pushed(house))["Tea"].has_room


async def test_strangers_may_read_open_groups_and_members_all(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    group, _ = await house.open_group(administrator, josie)
    closed, _ = await house.open_group(administrator, josie, name="Quiet", door="ask")
    async with house.reading() as session:
        assert [one.card.name for one in await cards.open_to_anyone(session)] == ["Tea"]
        assert [one.card.name for one in await cards.everything(session)] == ["Quiet", "Tea"]
        assert set(await cards.by_ids(session, [group.id, ids.new_id()])) == {group.id}
        assert (await cards.read(session, closed.id)).card.door is Door.ASK


async def test_another_organisation_sees_nothing(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    group, _ = await house.open_group(administrator, josie)
    async with house.database.reading(ids.new_id()) as session:
        assert await cards.everything(session) == []
        with pytest.raises(NotFound):
            await cards.read(session, group.id)


async def test_a_second_facilitator_shares_the_group(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    group, josie = await house.open_group(administrator, josie)
    ben = await house.join("Ben")
    await house.come(ben, group)
    for _ in range(2):
        async with house.work() as session:
            await facilitators.name(session, administrator, group.id, ben.account_id, now=MORNING)
    async with house.reading() as session:
        assert await stays.facilitators(session, group.id) == [josie.account_id, ben.account_id]
        assert (await cards.read(session, group.id)).member_count == 2
        held = await roles.held_by(session, ben.account_id)
    assert held == {Grant(Role.FACILITATOR, group.id)}
    with pytest.raises(Forbidden):
        async with house.work() as session:
            await facilitators.name(session, josie, group.id, ben.account_id, now=MORNING)


async def test_a_group_does_not_end_with_the_one_who_looked_after_it(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    group, josie = await house.open_group(administrator, josie)
    await house.come(await house.join("Ada"), group)
    async with house.work() as session:
        await members.leave(session, josie, group.id, now=MORNING)
    assert not (await house.again(josie)).has(Role.FACILITATOR, group.id)
    assert await house.told(administrator) == ["Nobody looks after Tea now. Please ask somebody."]
    async with house.reading() as session:
        assert (await cards.read(session, group.id)).member_count == 1
        assert await rosters.mine(session, josie) == []


@pytest.mark.parametrize(
    "fault", [{"name": ""}, {"name": " "}, {"capacity": 1}, {"capacity": 1_001}, {"more": 1}]
)
def test_a_card_needs_a_name_and_places(fault: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Card.model_validate({"name": "Tea"} | fault)


async def test_many_topics_and_words_fit_on_a_pushed_card(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    topics = [f"topic {number}" for number in range(50)]
    await house.open_group(administrator, josie, topics=topics, about="A.", lived="B.")
    assert len((await pushed(house))["Tea"].experiences) == 50
    async with house.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Group)) == 1
