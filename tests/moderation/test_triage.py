"""Who comes first, and that nobody is left at the back for ever."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from conftest import MORNING
from hypothesis import given
from hypothesis import strategies as st
from people_factories import sign_up

from core.database import Database
from core.errors import Forbidden
from core.safety import Category, Subject, SubjectKind, Tier
from groups import openings
from groups.cards import Card
from moderation import actions, claims, settled, triage
from moderation.kinds import EffectKind, Step
from moderation.places import Where
from moderation.urgency import LOOK_WITHIN, due_at, is_late, order_key
from people.permissions import Role
from tests.moderation import factories
from tests.moderation.factories import about, concern, raised

START = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
TIERS = [Tier.NOW, Tier.SOON, Tier.ROUTINE]


@dataclass(frozen=True)
class Waits:
    """A case that waits since so many seconds after the start."""

    id: UUID
    tier: Tier
    seconds: int
    categories: frozenset[Category] = frozenset()
    first_look_at: datetime | None = field(default=None)

    @property
    def tier_since_at(self) -> datetime:
        return START + timedelta(seconds=self.seconds)


waits = st.builds(
    Waits,
    id=st.uuids(version=4),
    tier=st.sampled_from(TIERS),
    seconds=st.integers(0, 86_400),
    categories=st.frozensets(st.sampled_from(Category), max_size=3),
)
later = st.integers(86_400, 30 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds))


@given(waits, waits, later)
def test_a_sooner_tier_is_always_ahead(one: Waits, other: Waits, now: datetime) -> None:
    if one.tier.urgency > other.tier.urgency:
        assert order_key(one, now) < order_key(other, now)


@given(waits, waits)
def test_within_a_tier_the_older_is_ahead_from_some_moment_on(one: Waits, other: Waits) -> None:
    older, newer = sorted(
        [one, Waits(other.id, one.tier, other.seconds, other.categories)],
        key=lambda case: case.seconds,
    )
    if older.seconds == newer.seconds:
        return
    # At age a and a gap d, both in clocks: 3a²d outweighs severity's 3a once a exceeds 1/d.
    clock = LOOK_WITHIN[one.tier]
    gap = timedelta(seconds=newer.seconds - older.seconds) / clock
    clocks = 1 / gap + 1
    for later_on in (1, 2, 10):
        now = newer.tier_since_at + clock * clocks * later_on
        assert order_key(older, now) < order_key(newer, now)


@given(waits, later)
def test_nobody_overtakes_by_arriving_once_a_case_has_waited_its_clock(
    case: Waits, now: datetime
) -> None:
    newest = Waits(UUID(int=0), case.tier, int((now - START).total_seconds()), frozenset(Category))
    if now > due_at(case):
        assert order_key(case, now) < order_key(newest, now)


def test_of_two_as_old_the_graver_comes_first() -> None:
    grave = Waits(UUID(int=2), Tier.SOON, 0, frozenset({Category.THREAT}))
    light = Waits(UUID(int=1), Tier.SOON, 0, frozenset({Category.SPAM}))
    assert order_key(grave, START + timedelta(minutes=1)) < order_key(
        light, START + timedelta(minutes=1)
    )


@pytest.mark.parametrize(("tier", "minutes"), [(Tier.NOW, 5), (Tier.SOON, 30), (Tier.ROUTINE, 240)])
def test_each_tier_has_its_clock(tier: Tier, minutes: int) -> None:
    case = Waits(UUID(int=1), tier, 0)
    end = START + timedelta(minutes=minutes)
    assert due_at(case) == end
    assert not is_late(case, end)
    assert is_late(case, end + timedelta(seconds=1))
    looked_at = Waits(UUID(int=1), tier, 0, first_look_at=START)
    assert not is_late(looked_at, end + timedelta(days=1))


@pytest.mark.anyio
async def test_the_queue_is_in_order_and_in_pages_and_holds_no_words(
    database: Database, organisation_id: UUID
) -> None:
    here = await factories.world(database, organisation_id, now=MORNING)
    secret = "a sentence that only its page may show"
    for tier in (Tier.ROUTINE, Tier.NOW, Tier.SOON, Tier.NOW):
        await raised(here, about(here.ana), concern(MORNING, tier=tier, words=secret))
    now, seen, after = MORNING + timedelta(minutes=6), [], None
    while True:
        async with here.read() as session:
            page = await triage.queue(session, here.mo, now=now, after=after, limit=3)
        seen += page.items
        assert page.counts == {Tier.NOW: 2, Tier.SOON: 1, Tier.ROUTINE: 1}, "of all, not of a page"
        assert secret not in repr(page)
        if page.next is None:
            break
        after = page.next
    assert [row.tier for row in seen] == [Tier.NOW, Tier.NOW, Tier.SOON, Tier.ROUTINE]
    assert len({row.id for row in seen}) == 4
    assert [row.is_late for row in seen] == [True, True, False, False]
    async with here.read() as session:
        routine = await triage.queue(session, here.mo, now=now, tier=Tier.ROUTINE, limit=1)
    assert ([row.id for row in routine.items], routine.next) == ([seen[-1].id], None)
    assert routine.counts == page.counts


@pytest.mark.anyio
async def test_the_queue_goes_on_after_a_case_that_was_decided_meanwhile(
    database: Database, organisation_id: UUID
) -> None:
    here = await factories.world(database, organisation_id, now=MORNING)
    ids = [await raised(here, about(), concern(MORNING, tier=tier)) for tier in TIERS]
    async with here.work() as session:
        nothing = [Step(EffectKind.NOTHING)]
        await actions.decide(session, here.max, ids[0], version=1, steps=nothing, now=MORNING)
    async with here.read() as session:
        page = await triage.queue(session, here.mo, now=MORNING, after=ids[0])
    assert [row.id for row in page.items] == ids[1:]


@pytest.mark.anyio
async def test_the_queue_says_who_has_a_case_while_the_lease_runs(
    database: Database, organisation_id: UUID
) -> None:
    here = await factories.world(database, organisation_id, now=MORNING)
    case_id = await raised(here, about(here.ana), concern(MORNING))
    async with here.work() as session:
        until = await claims.claim(session, here.mo, case_id, now=MORNING)
    async with here.read() as session:
        mine = (await triage.queue(session, here.mo, now=MORNING)).items[0]
        others = (await triage.queue(session, here.max, now=MORNING)).items[0]
        lapsed = (await triage.queue(session, here.max, now=until)).items[0]
    assert (mine.is_mine, mine.holder_name) == (True, "Mo")
    assert (others.is_mine, others.holder_name, others.claim_ends_at) == (False, "Mo", until)
    assert (lapsed.is_mine, lapsed.holder_name, lapsed.claim_ends_at) == (False, None, None)


@pytest.mark.anyio
async def test_nobody_sees_a_case_they_have_a_part_in(
    database: Database, organisation_id: UUID
) -> None:
    here = await factories.world(database, organisation_id, now=MORNING)
    about_mo = await raised(here, about(here.mo), concern(MORNING, Category.HATE))
    by_mo = await raised(here, about(here.ana), concern(MORNING, reporter=here.mo))
    nobodys = await raised(here, about(), concern(MORNING))
    for actor, expected in ((here.mo, {nobodys}), (here.max, {about_mo, by_mo, nobodys})):
        async with here.read() as session:
            page = await triage.queue(session, actor, now=MORNING)
        assert {row.id for row in page.items} == expected


@pytest.mark.anyio
async def test_only_moderators_see_the_queue(database: Database, organisation_id: UUID) -> None:
    here = await factories.world(database, organisation_id, now=MORNING)
    async with here.read() as session:
        with pytest.raises(Forbidden):
            await triage.queue(session, here.ana, now=MORNING)


@pytest.mark.anyio
async def test_a_row_says_where_it_was_said_without_words_or_names(
    database: Database, organisation_id: UUID
) -> None:
    here = await factories.world(database, organisation_id, now=MORNING)
    keeper = await sign_up(
        database, organisation_id, "Keeper", now=MORNING, roles_held=(Role.ADMINISTRATOR,)
    )
    async with here.work() as session:
        card = Card(name="Night owls", purpose="Being awake together")
        group = await openings.open_group(
            session, keeper.actor, card, facilitator_id=here.max.account_id, now=MORNING
        )
    in_talk = await factories.say(here, here.ben, "secret", now=MORNING)
    in_group, nowhere = about(here.ben), about(here.ben)
    object.__setattr__(in_group, "room_id", group.room_id)
    of_group = Subject(SubjectKind.GROUP, group.id)
    wanted = {
        await raised(here, subject, concern(MORNING, words="secret")): where
        for subject, where in (
            (in_talk, Where(is_private=True)),
            (in_group, Where(group_name="Night owls")),
            (of_group, Where(group_name="Night owls")),
            (nowhere, Where()),
        )
    }
    async with here.read() as session:
        found = (await triage.queue(session, here.mo, now=MORNING)).items
    assert {row.id: row.where for row in found} == wanted
    assert not any(word in repr(found) for word in ("secret", "Ana", "Ben"))


@pytest.mark.anyio
async def test_what_was_settled_lately_can_be_found_again_by_whoever_has_no_part_in_it(
    database: Database, organisation_id: UUID
) -> None:
    here = await factories.world(database, organisation_id, now=MORNING)
    said = await factories.say(here, here.ben, "secret", now=MORNING)
    hidden = await raised(here, said, concern(MORNING, Category.HATE))
    of_max = await raised(here, about(here.max), concern(MORNING))
    for case_id, kind in ((hidden, EffectKind.HIDE), (of_max, EffectKind.NOTHING)):
        async with here.work() as session:
            await actions.decide(
                session, here.mo, case_id, version=1, steps=[Step(kind)], rule="kind", now=MORNING
            )
    later = MORNING + timedelta(hours=1)
    async with here.read() as session:
        mine = await settled.lately(session, here.mo, now=later)
        others = await settled.lately(session, here.max, now=later)
        after_a_week = await settled.lately(session, here.mo, now=MORNING + settled.SHOWN_FOR)
        with pytest.raises(Forbidden):
            await settled.lately(session, here.ana, now=later)
    assert {one.id for one in mine} == {hidden, of_max}
    assert [one.id for one in others] == [hidden], "nobody's own"
    assert (others[0].effects, others[0].can_be_undone) == ((EffectKind.HIDE,), 1)
    assert (others[0].by_name, others[0].is_by_me) == ("Mo", False)
    assert after_a_week == ()
    assert "secret" not in repr(mine)
