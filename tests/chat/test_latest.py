"""The list of talks says who wrote last, and not a word of what."""

from typing import Any
from uuid import UUID

import pytest

from chat import latest, messages, own_talks

pytestmark = pytest.mark.anyio


async def _last(house: Any, reader: Any) -> dict[UUID, UUID]:
    async with house.reading() as session:
        talks = await own_talks.read(session, reader)
        return await latest.writers(session, reader, talks)


async def test_it_names_who_wrote_the_newest_message_of_each_talk(house: Any) -> None:
    ash, bo, cy = await house.people(3)
    pair, group = await house.private(ash, bo), await house.group(ash, bo, cy)
    quiet = await house.private(ash, cy)
    await house.engine.send(ash, pair, "a", "mine")
    await house.engine.send(bo, pair, "b", "theirs")
    await house.engine.send(ash, group, "c", "mine, in the group")
    assert await _last(house, ash) == {pair: bo.account_id, group: ash.account_id}
    assert quiet not in await _last(house, cy)


async def test_what_is_hidden_or_folded_away_from_the_reader_isnt_spoken_of(house: Any) -> None:
    ash, bo, cy = await house.people(3)
    group = await house.group(ash, bo, cy)
    await house.engine.send(bo, group, "a", "first")
    sent = await house.engine.send(cy, group, "b", "second")
    async with house.working() as session:
        await messages.hide(session, message_id=sent.id, now=house.now)
    assert await _last(house, ash) == {group: bo.account_id}
    await house.block(ash, bo)
    assert await _last(house, ash) == {}
    assert await _last(house, cy) == {group: bo.account_id}, "a block is silent"
