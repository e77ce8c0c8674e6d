"""What is not in the talk: held, asked, folded; and what happens under the hardest sentence."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import frames, help_cards, mutes, pending
from chat.help_cards import Given, Wanted
from chat.kinds import Help
from chat.mutes import By
from chat.waiting import MOVES, State
from core.errors import Conflict, NotFound
from core.safety import Mode, SubjectKind, Tier
from people import notices

asynchronous = pytest.mark.anyio


@asynchronous
async def test_thirty_desperate_lines_are_thirty_messages_one_card_and_one_case(
    house: Any,
) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    answers = await asyncio.gather(
        *(house.engine.send(ash, room, f"c{n}", f"despair {n}") for n in range(30))
    )
    assert sorted(answer.help for answer in answers) == [Help.CARD] + [Help.LINE] * 29
    assert len(await house.page(bo, room)) == 30
    assert {(subject.kind, subject.id) for subject, _ in house.safety.flags} == {
        (SubjectKind.ACCOUNT, ash.account_id)
    }


@asynchronous
async def test_the_card_comes_again_when_something_changed_or_after_a_day(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    helped = []
    for number, (text, hours) in enumerate(
        [("despair", 0), ("despair", 1), ("despair tonight", 1), ("despair tonight", 1),
         ("despair", 20), ("despair", 5)]
    ):  # fmt: skip
        house.pass_time(hours=hours)
        helped.append((await house.engine.send(ash, room, f"c{number}", text)).help)
    assert helped == ["card", "line", "card", "line", "line", "card"]


@asynchronous
async def test_a_lost_answer_with_the_card_is_repeated_with_the_card(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    first = await house.engine.send(ash, room, "c1", "despair")
    await house.engine.send(ash, room, "c2", "despair")
    assert await house.engine.send(ash, room, "c1", "despair") == first
    assert first.help is Help.CARD


TIERS = st.sampled_from([Tier.SOON, Tier.NOW, Tier.ROUTINE])


@given(st.lists(st.tuples(st.integers(0, 30), TIERS), min_size=1, max_size=20))
def test_nobody_waits_over_a_day_for_the_card_and_nobody_is_nagged(
    said: list[tuple[int, Tier]],
) -> None:
    from datetime import UTC, datetime
    from uuid import uuid4

    now, person, last = datetime(2026, 1, 1, tzinfo=UTC), uuid4(), None
    for hours, tier in said:
        now += timedelta(hours=hours)
        wanted = Wanted(person, uuid4(), tier)
        chosen = help_cards.choose(last, wanted, now=now)
        is_due = last is None or now - last.shown_at >= timedelta(hours=24)
        is_worse = last is not None and tier.urgency > last.tier.urgency
        assert (chosen is Help.CARD) == (is_due or is_worse)
        if chosen is Help.CARD:
            last = Given(wanted.message_id, tier, now)


@asynchronous
async def test_distress_with_harm_is_delivered_with_only_the_harm_folded(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    there = await house.listen(bo, room)
    sent = await house.engine.send(ash, room, "c", "despair, cruel world")
    heard = await there.seq(room, sent.seq)
    assert (heard.text, sent.help) == ("despair, […] world", Help.CARD)
    [own] = await house.page(ash, room)
    assert (own.text, own.folds) == ("despair, cruel world", ((9, 14),))
    kinds = [subject.kind for subject, _ in house.safety.flags]
    assert kinds == [SubjectKind.ACCOUNT, SubjectKind.MESSAGE]
    assert house.safety.flags[1][0].id == sent.id


@asynchronous
async def test_a_close_group_waits_for_a_person_but_not_with_distress(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.group(ash, bo, mode=Mode.CLOSE)
    there = await house.listen(bo, room)
    held = await house.engine.send(ash, room, "c1", "an ordinary line")
    assert isinstance(held, frames.Held)
    assert isinstance(await house.engine.send(ash, room, "c2", "despair"), frames.Sent)
    await there.until(lambda f: isinstance(f, frames.Message))
    assert there.words(room) == ["despair"]
    house.pass_time(minutes=5)
    async with house.working() as session:
        await pending.release(session, pending_id=held.id, now=house.now)
        with pytest.raises(Conflict):
            await pending.release(session, pending_id=held.id, now=house.now)
    heard = await there.until(lambda f: isinstance(f, frames.Message) and f.id == held.id)
    assert heard.text == "an ordinary line"
    assert heard.at - heard.written_at == timedelta(minutes=5)
    assert (await house.engine.send(ash, room, "c1", "an ordinary line")).seq == heard.seq
    async with house.reading() as session:
        assert [n.kind for n in await notices.unread(session, ash, now=house.now)] == [
            "message_answered"
        ]


@asynchronous
async def test_a_held_message_is_seen_by_its_author_alone(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    held = await house.engine.send(ash, room, "c1", "hold me back")
    again = await house.engine.send(ash, room, "c1", "hold me back")
    assert held == again
    [(subject, concern)] = house.safety.flags
    assert (subject.kind, subject.id, concern.tier) == (
        SubjectKind.PENDING, held.id, Tier.ROUTINE,
    )  # fmt: skip
    assert await house.page(ash, room) == await house.page(bo, room) == []
    async with house.reading() as session:
        [mine] = await pending.mine(session, ash, room, now=house.now)
        assert (mine.text, mine.because) == ("hold me back", held.why)
        assert await pending.mine(session, bo, room, now=house.now) == []
    async with house.working() as session:
        with pytest.raises(NotFound):
            await pending.withdraw(session, bo, held.id, now=house.now)
        await pending.refuse(session, pending_id=held.id, words="Not here.", now=house.now)
    with pytest.raises(Conflict):
        await house.engine.send(ash, room, "c1", "hold me back")


async def _asked(house: Any) -> tuple[Any, Any, Any, Any]:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    house.pass_time(days=3)
    asked = await house.engine.send(ash, room, "c1", "my number is 07700 900123")
    assert isinstance(asked, frames.Asked)
    assert asked.choices == ("change", "anyway", "person")
    assert house.safety.flags == []
    return ash, bo, room, asked


@asynchronous
async def test_promise_25_in_the_first_three_days_of_a_talk_of_two_anyway_is_closed(
    house: Any,
) -> None:
    ash, bo = await house.people(2)
    room, number = await house.private(ash, bo), "my number is 07700 900123"
    house.pass_time(days=2, hours=23)
    for _ in range(2):
        asked = await house.engine.send(ash, room, "c1", number)
        assert asked.choices == ("change", "person")
    async with house.working() as session:
        [mine] = await pending.mine(session, ash, room, now=house.now)
        assert mine.choices == ("change", "person")
        with pytest.raises(pending.TooNew):
            await pending.send_anyway(session, ash, asked.id, now=house.now)
    house.pass_time(hours=1)
    async with house.working() as session:
        [mine] = await pending.mine(session, ash, room, now=house.now)
        assert mine.choices == ("change", "anyway", "person")
        await pending.send_anyway(session, ash, asked.id, now=house.now)


@asynchronous
async def test_promise_25_a_person_who_does_not_answer_leaves_it_to_the_author_also_early(
    house: Any,
) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    asked = await house.engine.send(ash, room, "c1", "my number is 07700 900123")
    async with house.working() as session:
        house.now = await pending.ask_a_person(
            session, ash, asked.id, safety=house.safety, now=house.now
        )
    async with house.working() as session:
        await pending.send_anyway(session, ash, asked.id, now=house.now)


@asynchronous
async def test_who_is_asked_can_change_it(house: Any) -> None:
    ash, bo, room, asked = await _asked(house)
    async with house.working() as session:
        words = await pending.change(session, ash, asked.id, now=house.now)
        with pytest.raises(Conflict):
            await pending.change(session, ash, asked.id, now=house.now)
    assert words == "my number is 07700 900123"
    await house.engine.send(ash, room, "c2", "talk soon")
    assert [item.text for item in await house.page(bo, room)] == ["talk soon"]


@asynchronous
async def test_who_is_asked_can_send_it_anyway_after_a_pause(house: Any) -> None:
    ash, bo, room, asked = await _asked(house)
    there = await house.listen(bo, room)
    async with house.working() as session:
        at = await pending.send_anyway(session, ash, asked.id, now=house.now)
    assert at - house.now == pending.PAUSE
    await house.engine.watch.sweep()
    assert await house.page(bo, room) == []
    house.pass_time(seconds=60)
    async with house.working() as session:
        assert await pending.send_anyway(session, ash, asked.id, now=house.now) == at
    await house.engine.watch.sweep()
    assert (await there.seq(room, 1)).text == "my number is 07700 900123"
    async with house.working() as session:
        with pytest.raises(Conflict):
            await pending.withdraw(session, ash, asked.id, now=house.now)


@asynchronous
async def test_what_waits_its_pause_can_still_be_taken_back(house: Any) -> None:
    ash, bo, room, asked = await _asked(house)
    async with house.working() as session:
        await pending.send_anyway(session, ash, asked.id, now=house.now)
        await pending.withdraw(session, ash, asked.id, now=house.now)
    house.pass_time(seconds=61)
    await house.engine.watch.sweep()
    assert await house.page(bo, room) == []


@asynchronous
async def test_who_is_muted_meanwhile_keeps_the_words_and_decides_again(house: Any) -> None:
    ash, _bo, room, asked = await _asked(house)
    async with house.working() as session:
        await pending.send_anyway(session, ash, asked.id, now=house.now)
        until = house.now + timedelta(hours=1)
        await mutes.mute(
            session, room_id=room, account_id=ash.account_id, until=until, by=By.FACILITATOR
        )
    house.pass_time(seconds=61)
    await house.engine.watch.sweep()
    async with house.reading() as session:
        [waits] = await pending.mine(session, ash, room, now=house.now)
    assert (waits.state, waits.release_at) == (State.ASKED, None)
    assert waits.text
    house.pass_time(hours=1)
    async with house.working() as session:
        await pending.send_anyway(session, ash, asked.id, now=house.now)
    house.pass_time(seconds=61)
    await house.engine.watch.sweep()
    assert len(await house.page(ash, room)) == 1


@asynchronous
async def test_who_is_asked_can_ask_a_person_who_answers_by_a_time(house: Any) -> None:
    ash, bo, room, asked = await _asked(house)
    async with house.working() as session:
        answer_by = await pending.ask_a_person(
            session, ash, asked.id, safety=house.safety, now=house.now
        )
        with pytest.raises(Conflict):
            await pending.send_anyway(session, ash, asked.id, now=house.now)
    [(subject, concern)] = house.safety.flags
    assert (subject.kind, subject.id) == (SubjectKind.PENDING, asked.id)
    assert concern.words == "my number is 07700 900123"
    house.now = answer_by
    async with house.working() as session:
        await pending.send_anyway(session, ash, asked.id, now=house.now)
    house.pass_time(seconds=60)
    await house.engine.watch.sweep()
    assert len(await house.page(bo, room)) == 1


@asynchronous
async def test_a_release_and_a_taking_back_at_once_come_to_one_of_them(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    held = await house.engine.send(ash, room, "c1", "hold me back")

    async def _release() -> None:
        async with house.working() as session:
            await pending.release(session, pending_id=held.id, now=house.now)

    async def _withdraw() -> None:
        async with house.working() as session:
            await pending.withdraw(session, ash, held.id, now=house.now)

    tries = [_release(), _withdraw(), _release(), _withdraw()]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict"] * 3 + ["NoneType"]
    assert len(await house.page(bo, room)) in {0, 1}


def test_a_message_that_was_decided_moves_no_more() -> None:
    assert set(MOVES) == set(State)
    for final in (State.RELEASED, State.WITHDRAWN, State.REFUSED):
        assert MOVES[final] == frozenset()
    assert MOVES[State.ASKED] == {State.HELD, State.RELEASED, State.WITHDRAWN}
    assert MOVES[State.HELD] == {State.RELEASED, State.REFUSED, State.WITHDRAWN}


@asynchronous
async def test_despair_under_a_used_client_id_still_reaches_a_person(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    await house.engine.send(ash, room, "c", "good morning")
    with pytest.raises(Conflict) as refused:
        await house.engine.send(ash, room, "c", "despair")
    assert (refused.value.code, refused.value.extra["help"]) == ("other_words", "card")
    assert [subject.id for subject, _ in house.safety.flags] == [ash.account_id]
