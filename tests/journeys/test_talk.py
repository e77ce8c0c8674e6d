"""A talk, live or as a plain form on an old phone. A message is stored before it is
acknowledged, arrives once, in one order, and is found again after a lost connection.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from websockets.exceptions import InvalidStatus

from chat import frames
from people.permissions import Role
from tests.journeys.live import SOON, Line, call, calling, served
from tests.journeys.town import Resident, Town

pytestmark = pytest.mark.anyio


@pytest.fixture
async def port(town: Town) -> AsyncIterator[int]:
    """Where the town's app is served."""
    async with served(town.app) as port:
        yield port


async def _two(town: Town) -> tuple[Resident, Resident, str]:
    wren, marigold = await town.residents("Wren", "Marigold")
    return wren, marigold, await town.talk(wren, marigold)


async def _group_of(town: Town, *people: Resident) -> tuple[Resident, str, str]:
    """A group that these people are in; its facilitator, its id and its talk's."""
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    leader = await town.resident("Leader")
    group_id = await town.group(keeper, leader)
    for one in people:
        await one.put(f"/groups/{group_id}/place")
    return leader, group_id, await town.room_of(leader, group_id)


async def test_two_talk_live_and_both_find_the_same_in_the_history(town: Town, port: int) -> None:
    wren, marigold, room_id = await _two(town)
    async with calling(port, wren) as one, calling(port, marigold, as_browser=True) as other:
        await one.listen(wren, room_id)
        await other.listen(marigold, room_id)
        said = [
            await one.say(room_id, "I hear extra, mostly on buses.", "w1"),
            await other.say(room_id, "So do I. Thirty years of it.", "m1"),
            await one.say(room_id, "Thirty! How do you shop?", "w2"),
        ]
        assert all(isinstance(answer, frames.Sent) for answer in said)
        for line in (one, other):
            await line.until_seq(said[-1].seq)
        assert one.seqs() == other.seqs() == [answer.seq for answer in said]
        assert await one.shows(wren, room_id)
        assert await other.shows(marigold, room_id)


async def test_sending_again_is_safe_live_and_by_the_form(town: Town, port: int) -> None:
    wren, marigold, room_id = await _two(town)
    async with calling(port, wren) as line:
        await line.listen(wren, room_id)
        first = await line.say(room_id, "Once.", "c1")
        line.frames.clear()
        assert await line.say(room_id, "Once.", "c1") == first
    again = await wren.say(room_id, "Once.", "c1")
    assert (again["seq"], again["id"]) == (first.seq, str(first.id))
    assert await marigold.words(room_id) == ["Once."]


async def test_what_was_missed_in_a_tunnel_comes_without_gap_or_double(
    town: Town, port: int
) -> None:
    wren, marigold, room_id = await _two(town)
    line = await call(port, wren)
    await line.listen(wren, room_id)
    await marigold.say(room_id, "Before the tunnel.", "m1")
    await line.until_seq(1)
    cursor = line.seqs()[-1]
    await line.break_off()
    for number in range(2, 6):
        await marigold.say(room_id, f"In the tunnel {number}.", f"m{number}")
    async with calling(port, wren) as again:
        await again.listen(wren, room_id, after=cursor)
        last = (await marigold.say(room_id, "After it.", "m6"))["seq"]
        await again.until_seq(last)
        assert again.seqs() == list(range(cursor + 1, last + 1))
        assert await again.shows(wren, room_id)


async def _raise_and_hide(town: Town, reporter: Resident, message_id: str) -> tuple[str, str]:
    """Tell about a message, and let a moderator hide it; return the case and the effect."""
    moderator = await town.resident("Mo", Role.MODERATOR)
    await reporter.post(f"/messages/{message_id}/concerns", {"reason": "unkind"})
    case_id = (await moderator.queue())[0]["id"]
    case = await moderator.look(case_id)
    decision = {
        "version": case["version"],
        "steps": [{"kind": "hide"}],
        "rule": "kind",
        "reason_words": "Please say it more gently.",
    }
    await moderator.post(f"/cases/{case_id}/decision", decision)
    done = (await moderator.look(case_id))["done"]
    return case_id, done[0]["id"]


async def test_hide_unhide_and_taking_back_reach_whoever_listens(town: Town, port: int) -> None:
    wren, marigold, room_id = await _two(town)
    async with calling(port, wren) as one, calling(port, marigold) as other:
        await one.listen(wren, room_id)
        await other.listen(marigold, room_id)
        sent = await other.say(room_id, "Your cooking sounds dreadful.", "m1")
        await other.say(room_id, "I shouldn't have said that.", "m2")
        _, effect_id = await _raise_and_hide(town, wren, str(sent.id))
        for line, who in ((one, wren), (other, marigold)):
            await line.until(lambda frame: isinstance(frame, frames.Hidden), seconds=SOON)
            assert await line.shows(who, room_id)
        assert "Your cooking sounds dreadful." not in await wren.words(room_id)
        assert "Your cooking sounds dreadful." in await marigold.words(room_id)

        second = await town.resident("Max", Role.MODERATOR)
        await second.post(f"/effects/{effect_id}/undo")
        for line, who in ((one, wren), (other, marigold)):
            await line.until(lambda frame: isinstance(frame, frames.Unhidden), seconds=SOON)
            assert await line.shows(who, room_id)

        await marigold.delete(f"/messages/{sent.id}")
        for line, who in ((one, wren), (other, marigold)):
            await line.until(lambda frame: isinstance(frame, frames.Removed), seconds=SOON)
            assert await line.shows(who, room_id)
        assert await wren.words(room_id) == [None, "I shouldn't have said that."]


async def test_promise_17_a_block_counts_within_two_seconds_and_is_silent(
    town: Town, port: int
) -> None:
    wren, marigold, room_id = await _two(town)
    _, _, group_room = await _group_of(town, wren, marigold)
    async with calling(port, wren) as one, calling(port, marigold) as other:
        for line, who in ((one, wren), (other, marigold)):
            await line.listen(who, group_room)
        begun = time.monotonic()
        await wren.put(f"/me/blocks/{marigold.id}")
        await one.until(lambda f: isinstance(f, frames.Changed) and f.what == "blocks")
        assert time.monotonic() - begun < SOON
        # "Read it again": what she said before is folded for Wren now.
        await one.listen(wren, group_room)
        refused = await other.say(room_id, "Are you there?", "m1")
        assert (refused.code, refused.title) == (
            "not_free", "They're not free to talk just now."
        )  # fmt: skip
        sent = await other.say(group_room, "Hello everyone.", "m2")
        assert isinstance(sent, frames.Sent)
        skipped = await one.until_seq(sent.seq)
        assert isinstance(skipped, frames.Skipped)
        assert "blocks" not in [f.what for f in other.frames if isinstance(f, frames.Changed)]
        assert await one.shows(wren, group_room)
        assert await other.shows(marigold, group_room)
        own = await one.say(room_id, "One more thing.", "w1")
        assert own.code == "not_free"


async def test_a_mute_counts_at_once_and_ends_at_its_time(town: Town, port: int) -> None:
    wren = await town.resident("Wren")
    leader, group_id, room_id = await _group_of(town, wren)
    async with calling(port, wren) as line:
        await line.listen(wren, room_id)
        assert isinstance(await line.say(room_id, "Hello.", "w1"), frames.Sent)
        quiet = {"reason": "Let the others in for a bit.", "minutes": 60}
        await leader.post(f"/groups/{group_id}/members/{wren.id}/mute", quiet)
        begun = time.monotonic()
        refused = await line.say(room_id, "But I.", "w2")
        assert refused.code == "muted"
        assert time.monotonic() - begun < SOON
        await leader.say(room_id, "Thank you all.", "l1")
        await line.until(lambda f: isinstance(f, frames.Message) and f.text == "Thank you all.")
        assert "Let the others in for a bit." in (await wren.told())[-1]
        town.clock.pass_time(minutes=61)
        assert isinstance(await line.say(room_id, "I'm back.", "w3"), frames.Sent)


async def test_whoever_is_let_go_from_a_group_hears_nothing_more(town: Town, port: int) -> None:
    wren = await town.resident("Wren")
    leader, group_id, room_id = await _group_of(town, wren)
    async with calling(port, wren) as line:
        await line.listen(wren, room_id)
        reason = {"reason": "It isn't the right place just now."}
        await leader.post(f"/groups/{group_id}/members/{wren.id}/remove", reason)
        await line.until(
            lambda f: isinstance(f, frames.Changed) and f.what == "talks", seconds=SOON
        )
        await leader.say(room_id, "Among ourselves.", "l1")
        await line.send(frames.Ping())
        await line.until(lambda f: isinstance(f, frames.Pong))
        assert "Among ourselves." not in line.words()
        gone = await wren.api.get(f"/api/v1/rooms/{room_id}/messages")
        assert gone.status_code == 404


async def test_signing_out_ends_the_connection_within_two_seconds(town: Town, port: int) -> None:
    wren, _, room_id = await _two(town)
    line = await call(port, wren)
    await line.listen(wren, room_id)
    own = (await wren.get("/me/sign-ins"))["items"][0]["id"]
    await wren.delete(f"/me/sign-ins/{own}")
    await line.until_closed()
    assert isinstance(line.frames[-1], frames.Goodbye)
    with pytest.raises(InvalidStatus) as refused:
        await call(port, wren)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_another_sites_page_cannot_open_a_talk_with_our_cookie(town: Town, port: int) -> None:
    wren, *_ = await _two(town)
    for origin in ("https://evil.example", "null", None):
        with pytest.raises(InvalidStatus) as refused:
            await call(port, wren, as_browser=True, origin=origin)
        assert refused.value.response.status_code == 403


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_promise_41_ten_messages_between_a_live_page_and_an_old_phone(
    town: Town, port: int
) -> None:
    wren, marigold, room_id = await _two(town)
    phone = marigold.browser
    await phone.open(f"/talks/{room_id}")
    async with calling(port, wren, as_browser=True) as line:
        await line.listen(wren, room_id)
        for number in range(5):
            await line.say(room_id, f"Live {number}.", f"w{number}")
            await phone.follow("Show new messages")
            assert f"Live {number}." in phone.text
            await phone.press("Send", {"text": f"By form {number}."})
            await line.until(lambda f, n=number: getattr(f, "text", "") == f"By form {n}.")
        assert await line.shows(wren, room_id)
    said = [f"{how} {number}." for number in range(5) for how in ("Live", "By form")]
    assert await marigold.words(room_id) == said
    positions = [phone.text.index(words) for words in said]
    assert positions == sorted(positions)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_promise_26_the_composer_says_truly_who_can_read(town: Town) -> None:
    wren, marigold, room_id = await _two(town)
    for who in (wren, marigold):
        words = await who.browser.open(f"/talks/{room_id}")
        assert (
            "Only the two of you. If a message suggests someone may come to harm, or one of you"
            " reports, the person on shift sees that part."
        ) in words
        assert "What happens if I say I want to die?" in words


async def test_many_listeners_read_one_order_live(town: Town, port: int) -> None:
    people = await town.residents(*"ABCDE")
    _, _, room_id = await _group_of(town, *people)
    lines: list[Line] = [await call(port, who) for who in people]
    for line, who in zip(lines, people, strict=True):
        await line.listen(who, room_id)
    answers = await asyncio.gather(
        *(
            line.say(room_id, f"{who.name} {number}", f"{who.name}{number}")
            for number in range(6)
            for line, who in zip(lines, people, strict=True)
        )
    )
    last = max(answer.seq for answer in answers)
    for line, who in zip(lines, people, strict=True):
        await line.until_seq(last)
        own = [words for words in line.words() if words and words.startswith(who.name)]
        assert own == [f"{who.name} {number}" for number in range(6)], "each sender's own order"
        assert line.seqs() == sorted(line.seqs())
        assert await line.shows(who, room_id)
    assert len({tuple(line.words()) for line in lines}) == 1
    for line in lines:
        await line.close()
    assert UUID(room_id) in lines[0].items
