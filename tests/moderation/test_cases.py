"""One case per subject, whatever happens at once; who holds it; what its page shows."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from conftest import MORNING
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from chat import messages
from core.database import Database
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.safety import Category, Context, Source, Subject, Tier, Verdict
from moderation import (
    actions,
    case_pages,
    case_words,
    cases,
    claims,
    effects,
    flags,
    fold,
    notes,
    telling,
    triage,
)
from moderation.cases import Case, CaseChanged, CaseEvent
from moderation.claims import Held
from moderation.desk import Desk
from moderation.flags import Flag
from moderation.fold import Kind, Status
from moderation.kinds import EffectKind, Step
from moderation.reasons import DESKS_OWN, REASONS, Reason
from people import audit
from people.notices import NoticeKind
from people.permissions import Actor
from tests.moderation import factories
from tests.moderation.factories import REASON, World, about, concern, raised

pytestmark = pytest.mark.anyio
NOTHING = [Step(EffectKind.NOTHING)]
SQLITE_ONLY = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
async def here(database: Database, organisation_id: UUID) -> World:
    return await factories.world(database, organisation_id, now=MORNING)


async def count(here: World, table: type[Case] | type[Flag] | type[CaseEvent]) -> int:
    async with here.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_fifty_concerns_at_once_make_one_case_and_lose_none(here: World) -> None:
    subject = about(here.ana)

    async def one(number: int) -> UUID:
        async with here.work() as session:
            words = concern(MORNING, Category.HATE, words=f"words {number}")
            return await flags.flag(session, subject, words)

    found = await asyncio.gather(*(one(number) for number in range(50)))
    assert len(set(found)) == 1
    assert (await count(here, Case), await count(here, Flag)) == (1, 50)
    case = await here.case(found[0])
    assert (case.last_seq, case.version, case.opening) == (50, 50, 1)


async def test_fifty_clicks_on_the_same_button_are_one_concern(here: World) -> None:
    subject = await factories.say(here, here.ben, "you again", now=MORNING)

    async def one() -> None:
        async with here.work() as session:
            await telling.tell(
                session, here.ana, subject, "you again", reason=Reason.UNKIND, now=MORNING
            )

    await asyncio.gather(*(one() for _ in range(50)))
    assert (await count(here, Case), await count(here, Flag)) == (1, 1)
    assert await count(here, CaseEvent) == 1


async def test_saying_more_about_the_same_is_another_concern(here: World) -> None:
    subject = await factories.say(here, here.ben, "you again", now=MORNING)
    for note in ("", "it got worse", "it got worse"):
        async with here.work() as session:
            await telling.tell(
                session, here.ana, subject, "w", reason=Reason.UNKIND, note=note, now=MORNING
            )
    assert (await count(here, Case), await count(here, Flag)) == (1, 2)


async def test_thirty_lines_of_one_distress_are_one_case(here: World) -> None:
    now, found = MORNING, set()
    for _ in range(30):
        subject = await factories.say(here, here.ana, "I can't any more", now=now)
        words = concern(now, Category.DISTRESS, tier=Tier.NOW, words="I can't any more")
        found.add(await raised(here, subject, words))
        now += timedelta(minutes=2)
    assert len(found) == 1
    case = await here.case(found.pop())
    assert case.tier_since_at == MORNING
    assert case.is_support


async def test_lines_of_one_distress_at_once_are_one_case(here: World) -> None:
    subjects = [await factories.say(here, here.ana, "tonight", now=MORNING) for _ in range(8)]

    async def one(number: int) -> UUID:
        async with here.work() as session:
            words = concern(MORNING, Category.DISTRESS, words=f"line {number}")
            return await flags.flag(session, subjects[number], words)

    assert len(set(await asyncio.gather(*(one(number) for number in range(8))))) == 1


@SQLITE_ONLY
async def test_a_report_about_a_gathered_line_joins_its_case(here: World) -> None:
    words = concern(MORNING, Category.DISTRESS)
    first = await factories.say(here, here.ana, "one", now=MORNING)
    second = await factories.say(here, here.ana, "two", now=MORNING)
    home = await raised(here, first, words)
    assert await raised(here, second, words) == home
    async with here.work() as session:
        await telling.tell(session, here.ben, second, "two", reason=Reason.WORRIED, now=MORNING)
    assert await count(here, Case) == 1
    assert (await here.case(home)).tier is Tier.NOW


@SQLITE_ONLY
async def test_distress_long_after_a_decision_begins_a_case_of_its_own(here: World) -> None:
    words = concern(MORNING, Category.DISTRESS)
    first = await raised(here, await factories.say(here, here.ana, "one", now=MORNING), words)
    async with here.work() as session:
        await actions.decide(session, here.mo, first, version=1, steps=NOTHING, now=MORNING)
    soon, late = MORNING + timedelta(hours=2), MORNING + timedelta(days=3)
    subject = await factories.say(here, here.ana, "two", now=soon)
    assert await raised(here, subject, concern(soon, Category.DISTRESS)) == first
    async with here.work() as session:
        await actions.decide(session, here.mo, first, version=3, steps=NOTHING, now=soon)
    subject = await factories.say(here, here.ana, "three", now=late)
    assert await raised(here, subject, concern(late, Category.DISTRESS)) != first


@SQLITE_ONLY
@pytest.mark.parametrize("reason", [each for each in Reason if each not in DESKS_OWN])
async def test_a_first_report_keeps_the_tier_of_its_reason(here: World, reason: Reason) -> None:
    """Promise 20: nothing about the reporter can lower it."""
    for _ in range(3):
        async with here.work() as session:
            await telling.tell(
                session, here.ana, about(here.mo), "w", reason=Reason.UNKIND, now=MORNING
            )
    subject = about(here.ben)
    async with here.work() as session:
        await telling.tell(session, here.ana, subject, "w", reason=reason, now=MORNING)
        case = await cases.of_subject(session, subject.kind, subject.id)
    assert case is not None
    assert case.tier is REASONS[reason].tier


@SQLITE_ONLY
async def test_different_people_who_report_one_person_add_up_over_a_year(here: World) -> None:
    tiers = []
    days = {here.ben: 0, here.mo: 100, here.max: 300}
    for reporter, day in days.items():
        subject, now = about(here.ana), MORNING + timedelta(days=day)
        for _ in range(2):
            async with here.work() as session:
                await telling.tell(session, reporter, subject, "w", reason=Reason.UNKIND, now=now)
        async with here.read() as session:
            case = await cases.of_subject(session, subject.kind, subject.id)
            assert case is not None
            tiers.append(case.tier)
    assert tiers == [Tier.ROUTINE, Tier.ROUTINE, Tier.SOON]


@SQLITE_ONLY
async def test_whoever_was_worried_is_asked_about_themselves_the_next_day(here: World) -> None:
    subject = await factories.say(here, here.ben, "tonight", now=MORNING)
    async with here.work() as session:
        await telling.tell(
            session, here.ana, subject, "tonight", reason=Reason.WORRIED, now=MORNING
        )
    *_, asked = sorted(await here.notices(here.ana.account_id), key=lambda each: each.due_at)
    assert (asked.kind, asked.due_at) == (NoticeKind.SUPPORT, MORNING + timedelta(days=1))
    assert "Ben" in (asked.words or "")


async def test_a_concern_after_a_decision_opens_the_case_again(here: World) -> None:
    subject = about(here.ana)
    case_id = await raised(here, subject, concern(MORNING, tier=Tier.NOW))
    async with here.work() as session:
        await actions.decide(session, here.mo, case_id, version=1, steps=NOTHING, now=MORNING)
    assert (await here.case(case_id)).status is Status.DECIDED
    assert await raised(here, subject, concern(MORNING, tier=Tier.ROUTINE)) == case_id
    case = await here.case(case_id)
    assert (case.status, case.tier, case.opening) == (Status.OPEN, Tier.ROUTINE, 2)


@SQLITE_ONLY
async def test_a_change_is_told_by_ids_after_the_commit(here: World) -> None:
    heard: list[CaseChanged] = []
    here.database.bus.subscribe(CaseChanged, heard.append)
    case_id = await raised(here, about(), concern(MORNING))
    assert [(one.organisation_id, one.case_id) for one in heard] == [
        (here.organisation_id, case_id)
    ]


@SQLITE_ONLY
async def test_words_are_sealed_and_the_log_holds_none(here: World) -> None:
    secret = "a sentence nobody may find on the disk"
    case_id = await raised(here, about(here.ana), concern(MORNING, Category.HATE, words=secret))
    async with here.work() as session:
        await notes.leave(session, here.mo, case_id, words=secret, now=MORNING)
    async with here.read() as session:
        for row in [*await cases.log_of(session, case_id), *await flags.of_case(session, case_id)]:
            columns = {
                column.key: getattr(row, column.key) for column in type(row).__mapper__.column_attrs
            }
            assert secret not in repr(columns)
        assert list((await case_words.of_case(session, case_id)).values()) == [secret]


moves = st.lists(
    st.sampled_from(["flag", "claim", "release", "open", "note", "decide", "undo", "sweep"]),
    max_size=14,
)


@SQLITE_ONLY
@given(wanted=moves, wait=st.integers(1, 40))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_what_is_stored_is_what_the_log_folds_to(
    here: World, wanted: list[str], wait: int
) -> None:
    now = MORNING
    subject = await factories.say(here, here.ana, "words", now=now)
    case_id = await raised(here, subject, concern(now, Category.HATE))
    for number, move in enumerate(wanted):
        now += timedelta(minutes=wait)
        actor = (here.mo, here.max)[number % 2]
        try:
            async with here.work() as session:
                await _make(session, move, case_id=case_id, subject=subject, actor=actor, now=now)
        except (Conflict, Invalid):
            pass
        await here.case(case_id)


async def _make(
    session: AsyncSession,
    move: str,
    *,
    case_id: UUID,
    subject: Subject,
    actor: Actor,
    now: datetime,
) -> None:
    case = await cases.by_id(session, case_id)
    hide = [Step(EffectKind.HIDE)]
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "flag": lambda: flags.flag(session, subject, concern(now, words=str(now))),
        "claim": lambda: claims.claim(session, actor, case_id, now=now),
        "release": lambda: claims.release(session, actor, case_id, now=now),
        "open": lambda: case_pages.open_case(session, actor, case_id, reason=REASON, now=now),
        "note": lambda: notes.leave(session, actor, case_id, words="a note", now=now),
        "decide": lambda: actions.decide(
            session, actor, case_id, version=case.version, steps=hide, rule="kind", now=now
        ),
        "undo": lambda: _undo_all(session, actor, case_id, now=now),
        "sweep": lambda: claims.expire_claims(session, now=now),
    }
    await calls[move]()


async def _undo_all(session: AsyncSession, actor: Actor, case_id: UUID, *, now: datetime) -> None:
    for effect in await effects.of_case(session, case_id):
        await actions.undo(session, actor, effect.id, now=now)


async def test_of_many_who_claim_at_once_one_gets_it_and_the_others_hear_who(here: World) -> None:
    case_id = await raised(here, about(here.ana), concern(MORNING))

    async def one(number: int) -> str:
        actor = (here.mo, here.max)[number % 2]
        try:
            async with here.work() as session:
                await claims.claim(session, actor, case_id, now=MORNING)
        except Held as held:
            return str(held.extra["holder"])
        return actor.name

    names = await asyncio.gather(*(one(number) for number in range(20)))
    assert len(set(names)) == 1
    assert (await here.case(case_id)).last_seq == 2


@SQLITE_ONLY
async def test_a_lease_is_renewed_by_its_holder_and_taken_over_when_it_ends(here: World) -> None:
    case_id = await raised(here, about(here.ana), concern(MORNING))
    later = MORNING + timedelta(minutes=10)
    async with here.work() as session:
        await claims.claim(session, here.mo, case_id, now=MORNING)
    async with here.work() as session:
        until = await claims.claim(session, here.mo, case_id, now=later)
    assert until == later + claims.LEASE
    with pytest.raises(Held, match="Mo is looking"):
        async with here.work() as session:
            await claims.claim(session, here.max, case_id, now=until - timedelta(seconds=1))
    async with here.work() as session:
        await claims.claim(session, here.max, case_id, now=until)
    assert (await here.case(case_id)).claimed_by == here.max.account_id


@SQLITE_ONLY
async def test_a_sweep_frees_what_was_left_and_a_release_what_was_held(here: World) -> None:
    first, second = [await raised(here, about(), concern(MORNING)) for _ in range(2)]
    for case_id in (first, second):
        async with here.work() as session:
            await claims.claim(session, here.mo, case_id, now=MORNING)
    with pytest.raises(Held):
        async with here.work() as session:
            await claims.release(session, here.max, first, now=MORNING)
    for _ in range(2):
        async with here.work() as session:
            await claims.release(session, here.mo, first, now=MORNING)
    assert (await here.case(first)).status is Status.OPEN
    end = MORNING + claims.LEASE
    freed = []
    for now in (end - timedelta(seconds=1), end, end):
        async with here.work() as session:
            freed.append(await claims.expire_claims(session, now=now))
    assert freed == [0, 1, 0]
    assert (await here.case(second)).status is Status.OPEN


@SQLITE_ONLY
async def test_the_page_shows_the_whole_context_and_calls_a_member_a_member(here: World) -> None:
    for text in ("hello", "how are you?", "you are nothing"):
        subject = await factories.say(here, here.ben, text, now=MORNING)
    async with here.work() as session:
        told, words = await messages.tell_subject(session, here.ana, subject.id)
        await telling.tell(
            session, here.ana, told, words, reason=Reason.UNKIND, note="it hurt", now=MORNING
        )
        case = await cases.of_subject(session, subject.kind, subject.id)
        assert case is not None
    async with here.work() as session:
        page = await case_pages.open_case(session, here.mo, case.id, reason=REASON, now=MORNING)
    assert [said.text for said in page.window] == ["hello", "how are you?", "you are nothing"]
    assert {said.author_name for said in page.window} == {"Ben"}
    (one,) = page.raised
    assert (one.by, one.evidence, one.note) == ("a member", "you are nothing", "it hurt")
    assert str(here.ana.account_id) not in repr(page)
    assert "Ana" not in repr(page)
    assert page.offered == (
        EffectKind.NOTHING, EffectKind.GUIDE, EffectKind.WARN, EffectKind.HIDE, EffectKind.MUTE,
        EffectKind.RESTRICT, EffectKind.SUSPEND, EffectKind.REMOVE,
    )  # fmt: skip


@SQLITE_ONLY
async def test_the_page_offers_nothing_while_somebody_else_has_the_case(here: World) -> None:
    case_id = await raised(here, about(here.ana), concern(MORNING))
    async with here.work() as session:
        await claims.claim(session, here.max, case_id, now=MORNING)
    async with here.work() as session:
        page = await case_pages.open_case(session, here.mo, case_id, reason=REASON, now=MORNING)
    assert (page.offered, page.holder_name, page.is_mine) == ((), "Max", False)


@SQLITE_ONLY
async def test_earlier_decisions_are_shown_but_never_somebodys_distress(here: World) -> None:
    distress = await raised(here, about(here.ana), concern(MORNING, Category.DISTRESS))
    unkind = await raised(here, about(here.ana), concern(MORNING, Category.HARASSMENT))
    for case_id in (distress, unkind):
        async with here.work() as session:
            await actions.decide(session, here.mo, case_id, version=1, steps=NOTHING, now=MORNING)
    now = MORNING + timedelta(days=1)
    third = await raised(here, about(here.ana), concern(now, Category.HATE))
    async with here.work() as session:
        page = await case_pages.open_case(session, here.max, third, reason=REASON, now=now)
    assert [one.case_id for one in page.earlier] == [unkind]
    assert page.earlier_count == 1


@SQLITE_ONLY
async def test_notes_and_decisions_stand_in_the_history_with_their_names(here: World) -> None:
    case_id = await raised(here, about(here.ana), concern(MORNING))
    async with here.work() as session:
        await notes.leave(session, here.mo, case_id, words="I know this talk", now=MORNING)
    async with here.work() as session:
        page = await case_pages.open_case(session, here.max, case_id, reason=REASON, now=MORNING)
    lines = [(line.kind, line.by, line.words) for line in page.history]
    assert lines == [
        (Kind.OPENED, None, ""),
        (Kind.NOTED, "Mo", "I know this talk"),
        (Kind.LOOKED, "Max", ""),
    ]
    assert page.offered


@SQLITE_ONLY
@pytest.mark.parametrize("text", ["", "   "])
async def test_reading_and_noting_need_words(here: World, text: str) -> None:
    case_id = await raised(here, about(), concern(MORNING))
    async with here.work() as session:
        with pytest.raises(Invalid):
            await case_pages.open_case(session, here.mo, case_id, reason=text, now=MORNING)
        with pytest.raises(Invalid):
            await notes.leave(session, here.mo, case_id, words=text, now=MORNING)


@SQLITE_ONLY
async def test_a_case_one_has_a_part_in_does_not_exist_for_one(here: World) -> None:
    own = await raised(here, about(here.mo), concern(MORNING))
    reported = await raised(
        here, about(here.ana), concern(MORNING, source=Source.MEMBER, reporter=here.mo)
    )
    for case_id in (own, reported):
        async with here.work() as session:
            with pytest.raises(NotFound):
                await case_pages.open_case(session, here.mo, case_id, reason=REASON, now=MORNING)
            with pytest.raises(NotFound):
                await claims.claim(session, here.mo, case_id, now=MORNING)
            with pytest.raises(NotFound):
                await actions.decide(
                    session, here.mo, case_id, version=1, steps=NOTHING, now=MORNING
                )


@SQLITE_ONLY
async def test_one_decides_nothing_in_ones_own_room_but_helps_there(here: World) -> None:
    room_id = await factories.group_room(here, here.mo, here.ana, now=MORNING)
    unkind, distress = about(here.ana), about(here.ana)
    for subject in (unkind, distress):
        object.__setattr__(subject, "room_id", room_id)
    await raised(here, unkind, concern(MORNING, Category.HARASSMENT))
    helped = await raised(here, distress, concern(MORNING, Category.DISTRESS))
    async with here.read() as session:
        mine = await triage.queue(session, here.mo, now=MORNING)
        others = await triage.queue(session, here.max, now=MORNING)
    assert [row.id for row in mine.items] == [helped]
    assert len(others.items) == 2


@SQLITE_ONLY
async def test_members_have_no_way_to_the_desk(here: World) -> None:
    case_id = await raised(here, about(here.ben), concern(MORNING))
    async with here.work() as session:
        for call in (
            case_pages.open_case(session, here.ana, case_id, reason=REASON, now=MORNING),
            claims.claim(session, here.ana, case_id, now=MORNING),
            claims.release(session, here.ana, case_id, now=MORNING),
            notes.leave(session, here.ana, case_id, words="w", now=MORNING),
            actions.decide(session, here.ana, case_id, version=1, steps=NOTHING, now=MORNING),
            actions.undo(session, here.ana, case_id, now=MORNING),
        ):
            with pytest.raises(Forbidden):
                await call


@SQLITE_ONLY
async def test_what_staff_do_is_in_the_audit_chain(here: World) -> None:
    case_id = await raised(here, about(here.ana), concern(MORNING))
    async with here.work() as session:
        await claims.claim(session, here.mo, case_id, now=MORNING)
        await case_pages.open_case(session, here.mo, case_id, reason=REASON, now=MORNING)
        await notes.leave(session, here.mo, case_id, words="a note", now=MORNING)
    async with here.work() as session:
        await claims.release(session, here.mo, case_id, now=MORNING)
        await actions.decide(session, here.mo, case_id, version=1, steps=NOTHING, now=MORNING)
    async with here.read() as session:
        assert await audit.verify(session, here.organisation_id) is None
        query = select(audit.AuditEntry.kind).where(audit.AuditEntry.subject_id == case_id)
        kinds = list(await session.scalars(query.order_by(audit.AuditEntry.seq)))
    assert kinds == [
        "case_claimed", "case_looked", "case_noted", "case_released", "case_decided",
    ]  # fmt: skip


@SQLITE_ONLY
async def test_the_desk_is_what_chat_calls_safety(here: World) -> None:
    class Calm:
        def screen(self, text: str, context: Context) -> Verdict:
            return Verdict(because=(text,))

    desk = Desk(Calm())
    assert desk.screen("hello", Context()).because == ("hello",)
    async with here.work() as session:
        case_id = await desk.flag(session, about(here.ana), concern(MORNING))
    assert (await here.case(case_id)).state == fold.fold(
        [fold.Happening(Kind.OPENED, MORNING, tier=Tier.SOON)]
    )
