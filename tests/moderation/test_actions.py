"""A decision does everything at once, once, and can be taken back; its reason is told."""

import asyncio
import re
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from conftest import MORNING
from hypothesis import given
from hypothesis import strategies as st

from chat import logs, messages, rooms, waiting
from chat.kinds import Status as Shown
from chat.waiting import State
from core.database import Database
from core.errors import Invalid, NotFound
from core.safety import Category, Source, Subject, SubjectKind, Tier
from moderation import (
    actions,
    case_pages,
    cases,
    claims,
    effects,
    flags,
    rulings,
    telling,
    triage,
    words,
)
from moderation.actions import Superseded
from moderation.cases import Case
from moderation.claims import Held
from moderation.documents import Rule
from moderation.fold import Status, is_own_distress
from moderation.kinds import BOUNDS, SANCTIONS, EffectKind, Step
from moderation.reasons import Reason
from moderation.rulings import NotOnOffer
from people import accounts
from people.notices import NoticeKind
from people.permissions import Actor, Standing
from tests.moderation import factories
from tests.moderation.factories import REASON, World, about, concern, raised

pytestmark = pytest.mark.anyio
SQLITE_ONLY = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
NOTHING, HIDE = Step(EffectKind.NOTHING), Step(EffectKind.HIDE)
MUTE = Step(EffectKind.MUTE, timedelta(hours=2))
SUSPEND = Step(EffectKind.SUSPEND, timedelta(days=1))
# Promise 43, and what staff call things.
NEVER = (
    "match", "unmatch", "decline", "reject", "capacity", "seeker", "flag", "case", "tier",
    "screening", "risk", "score", "patient", "user", "moderator", "sanction", "violation",
)  # fmt: skip


@pytest.fixture
async def here(database: Database, organisation_id: UUID) -> World:
    return await factories.world(database, organisation_id, now=MORNING)


async def reported(here: World, *, reason: Reason = Reason.UNKIND) -> tuple[UUID, Subject]:
    """Ana tells us about something Ben wrote."""
    subject = await factories.say(here, here.ben, "you are nothing", now=MORNING)
    async with here.work() as session:
        await telling.tell(session, here.ana, subject, "words", reason=reason, now=MORNING)
        case = await cases.of_subject(session, subject.kind, subject.id)
    assert case is not None
    return case.id, subject


async def decide(here: World, case_id: UUID, *steps: Step, **more: object) -> None:
    """Mo decides now, in a unit of work of its own."""
    told: dict[str, object] = {"version": 1, "rule": "kind", "now": MORNING} | more
    actor = told.pop("actor", here.mo)
    assert isinstance(actor, Actor)
    async with here.work() as session:
        await actions.decide(session, actor, case_id, steps=list(steps), **told)  # type: ignore[arg-type]  # readable defaults


async def decide_and_fail(here: World, case_id: UUID) -> None:
    async with here.work() as session:
        await actions.decide(
            session, here.mo, case_id, version=1, steps=[HIDE, SUSPEND], rule="kind", now=MORNING
        )
        raise ZeroDivisionError


async def standing(here: World, actor: Actor) -> Standing:
    async with here.read() as session:
        return (await accounts.by_id(session, actor.account_id)).standing


async def test_one_decision_hides_mutes_suspends_tells_both_and_settles(here: World) -> None:
    case_id, subject = await reported(here)
    await decide(here, case_id, HIDE, MUTE, SUSPEND, reason_words="That was hard to read.")
    case = await here.case(case_id)
    assert (case.status, case.decided_by) == (Status.DECIDED, here.mo.account_id)
    async with here.read() as session:
        message = await messages.by_id(session, subject.id)
        seat = await rooms.membership(session, here.ben, here.room_id)
        account = await accounts.by_id(session, here.ben.account_id)
        done = await effects.of_case(session, case_id)
    assert message.status is Shown.HIDDEN
    assert seat.muted_until == MORNING + timedelta(hours=2)
    assert account.standing is Standing.SUSPENDED
    assert account.suspended_until == MORNING + timedelta(days=1)
    assert {effect.kind for effect in done} == {HIDE.kind, MUTE.kind, SUSPEND.kind}
    (reason,) = await here.notices(here.ben.account_id)
    (outcome,) = await here.notices(here.ana.account_id)
    assert (reason.kind, outcome.kind) == (NoticeKind.REASON, NoticeKind.OUTCOME)
    told = reason.words or ""
    for part in (
        "folded away", "until 12:00", "10:00 tomorrow", "Be kind", "hard to read", words.IF_WRONG,
    ):  # fmt: skip
        assert part in told
    assert "Ben" not in (outcome.words or "")
    assert "nothing" not in (outcome.words or "")


async def test_a_double_click_takes_effect_once(here: World) -> None:
    case_id, _ = await reported(here)
    results = await asyncio.gather(
        *(decide(here, case_id, HIDE, SUSPEND) for _ in range(10)), return_exceptions=True
    )
    lost = [result for result in results if result is not None]
    assert len(lost) == 9
    assert all(isinstance(result, Superseded) for result in lost)
    assert "Mo has settled this already: they hid the message" in str(lost[0])
    async with here.read() as session:
        assert len(await effects.of_case(session, case_id)) == 2
    assert len(await here.notices(here.ben.account_id)) == 1
    assert len(await here.notices(here.ana.account_id)) == 1


async def test_of_two_who_decide_at_once_the_other_hears_what_was_done(here: World) -> None:
    case_id, _ = await reported(here)
    results = await asyncio.gather(
        decide(here, case_id, NOTHING, actor=here.mo),
        decide(here, case_id, NOTHING, actor=here.max),
        return_exceptions=True,
    )
    assert sorted(type(result) for result in results if result) == [Superseded]


async def test_a_talk_that_goes_on_and_decisions_in_it_do_not_wait_for_each_other(
    here: World,
) -> None:
    """Chat's writer numbers the room and then flags; a decision has to touch them in that order."""
    found = [await reported(here) for _ in range(6)]

    async def write(subject: Subject) -> None:
        async with here.work() as session:
            await logs.advance(session, {here.room_id: 1}, now=MORNING)
            await asyncio.sleep(0.01)
            await flags.flag(session, subject, concern(MORNING, Category.HATE))

    calls = [write(subject) for _, subject in found]
    calls += [decide(here, case_id, HIDE) for case_id, _ in found]
    results = await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), 20)
    assert {type(result) for result in results} <= {type(None), Superseded}


@SQLITE_ONLY
async def test_nothing_remains_of_a_decision_that_failed_half_way(here: World) -> None:
    case_id, subject = await reported(here)
    with pytest.raises(ZeroDivisionError):
        await decide_and_fail(here, case_id)
    async with here.read() as session:
        assert (await messages.by_id(session, subject.id)).status is Shown.SHOWN
    assert await standing(here, here.ben) is Standing.ACTIVE
    assert (await here.case(case_id)).status is Status.OPEN
    assert await here.notices(here.ben.account_id) == []


@SQLITE_ONLY
async def test_what_came_in_meanwhile_is_read_first(here: World) -> None:
    case_id, subject = await reported(here)
    await raised(here, subject, concern(MORNING, Category.THREAT))
    with pytest.raises(Superseded, match="More has come in"):
        await decide(here, case_id, NOTHING)


@SQLITE_ONLY
async def test_whoever_holds_a_case_decides_it(here: World) -> None:
    case_id, _ = await reported(here)
    async with here.work() as session:
        until = await claims.claim(session, here.max, case_id, now=MORNING)
    with pytest.raises(Held, match="Max"):
        await decide(here, case_id, NOTHING)
    await decide(here, case_id, NOTHING, now=until)
    assert (await here.case(case_id)).decided_by == here.mo.account_id


@SQLITE_ONLY
@pytest.mark.parametrize("step", [HIDE, MUTE, SUSPEND])
@pytest.mark.parametrize("extra", [(), (Category.CONTACT, Category.MEDICATION)])
async def test_nobody_is_sanctioned_for_being_in_distress(
    here: World, step: Step, extra: tuple[Category, ...]
) -> None:
    subject = await factories.say(here, here.ana, "I can't go on", now=MORNING)
    case_id = await raised(here, subject, concern(MORNING, Category.DISTRESS, *extra))
    with pytest.raises(NotOnOffer, match="for being in distress"):
        await decide(here, case_id, step)
    assert await here.notices(here.ana.account_id) == []


@SQLITE_ONLY
async def test_distress_is_answered_in_a_persons_own_words(here: World) -> None:
    subject = await factories.say(here, here.ana, "I can't go on", now=MORNING)
    case_id = await raised(here, subject, concern(MORNING, Category.DISTRESS))
    reach_out = Step(EffectKind.REACHED_OUT)
    with pytest.raises(Invalid):
        await decide(here, case_id, reach_out, rule=None)
    said = "I've read what you wrote. I've time until nine. What would help right now?"
    await decide(here, case_id, reach_out, rule=None, reason_words=said)
    (notice,) = await here.notices(here.ana.account_id)
    assert notice.kind is NoticeKind.SUPPORT
    assert said in (notice.words or "")
    assert "rule" not in (notice.words or "")


@st.composite
def some_case(draw: st.DrawFn) -> Case:
    """Any undecided case, unsaved."""
    case = Case(
        subject_kind=draw(st.sampled_from(SubjectKind)),
        subject_id=UUID(int=1),
        author_id=draw(st.sampled_from([None, UUID(int=2)])),
        room_id=draw(st.sampled_from([None, UUID(int=3)])),
        status=Status.OPEN,
        tier=draw(st.sampled_from(Tier)),
        category_names=sorted(draw(st.frozensets(st.sampled_from(Category), max_size=4))),
        is_appealed=draw(st.booleans()),
    )
    case.is_support = is_own_distress(case.categories)
    return case


@given(some_case())
def test_what_is_on_offer_never_sanctions_distress_and_always_leaves_a_way(case: Case) -> None:
    actor = Actor(UUID(int=9), UUID(int=8), "Mo")
    offered = rulings.offered(case, actor, now=MORNING)
    assert EffectKind.NOTHING in offered
    if case.is_support:
        assert not SANCTIONS & set(offered)
    if case.author_id is None:
        # Hiding and keeping out are done to words: nobody needs to be known for that.
        to_somebody = SANCTIONS - {EffectKind.HIDE, EffectKind.REFUSE}
        assert not (to_somebody | {EffectKind.REACHED_OUT, EffectKind.GUIDE}) & set(offered)
    if case.subject_kind is not SubjectKind.MESSAGE:
        assert EffectKind.HIDE not in offered


@SQLITE_ONLY
@pytest.mark.parametrize(
    ("steps", "rule"),
    [
        ((), None),
        ((HIDE,), None),
        ((HIDE,), "no such rule"),
        ((HIDE, HIDE), "kind"),
        ((NOTHING, HIDE), "kind"),
        ((Step(EffectKind.RELEASE),), None),
        ((Step(EffectKind.WARN),), None),
        ((Step(EffectKind.GUIDE),), None),
        ((Step(EffectKind.GUIDE), Step(EffectKind.WARN)), "kind"),
        ((Step(EffectKind.OUT_OF_GROUP),), "kind"),
        ((Step(EffectKind.RESTRICT),), "kind"),
        ((Step(EffectKind.CONFIRM),), "kind"),
        ((Step(EffectKind.MUTE),), "kind"),
        ((Step(EffectKind.SUSPEND),), "kind"),
        ((Step(EffectKind.HIDE, timedelta(days=1)),), "kind"),
        ((Step(EffectKind.MUTE, BOUNDS[EffectKind.MUTE][0] - timedelta(seconds=1)),), "kind"),
        ((Step(EffectKind.SUSPEND, BOUNDS[EffectKind.SUSPEND][1] + timedelta(1)),), "kind"),
    ],
)
async def test_steps_that_do_not_fit_are_refused(
    here: World, steps: tuple[Step, ...], rule: str | None
) -> None:
    case_id, _ = await reported(here)
    with pytest.raises(Invalid):
        await decide(here, case_id, *steps, rule=rule)
    assert (await here.case(case_id)).status is Status.OPEN


@SQLITE_ONLY
async def test_a_held_message_is_sent_on_or_kept_out_with_a_reason(here: World) -> None:
    good = await factories.hold(here, here.ana, "my words", now=MORNING)
    await decide(here, await raised(here, good, concern(MORNING)), Step(EffectKind.RELEASE))
    async with here.work() as session:
        assert (await messages.by_id(session, good.id)).body == "my words"
    assert len(await here.notices(here.ana.account_id)) == 1


@SQLITE_ONLY
async def test_a_message_that_is_kept_out_is_explained_and_can_be_questioned(here: World) -> None:
    held = await factories.hold(here, here.ben, "words", now=MORNING)
    case_id = await raised(here, held, concern(MORNING, Category.THREAT))
    await decide(here, case_id, Step(EffectKind.REFUSE), rule="no_harm")
    async with here.work() as session:
        assert (await waiting.by_id(session, held.id)).state is State.REFUSED
        await telling.look_again(session, here.ben, case_id, words="I quoted him", now=MORNING)
    short, reason = await here.notices(here.ben.account_id)
    assert (short.kind, reason.kind) == (NoticeKind.MESSAGE_ANSWERED, NoticeKind.REASON)
    assert reason.subject_id == case_id
    assert words.IF_WRONG in (reason.words or "")


async def test_everything_timed_ends_once_and_its_author_hears_it(here: World) -> None:
    case_id, _ = await reported(here)
    await decide(here, case_id, MUTE, SUSPEND)
    ended = []
    for hours in (1, 2, 2, 24, 48):
        async with here.work() as session:
            now = MORNING + timedelta(hours=hours)
            ended.append(await actions.undo_due(session, now=now))
    assert ended == [0, 1, 0, 1, 0]
    assert await standing(here, here.ben) is Standing.ACTIVE
    async with here.read() as session:
        assert (await rooms.membership(session, here.ben, here.room_id)).muted_until is None
    _, muted, suspended = await here.notices(here.ben.account_id)
    assert "write in the talk again" in (muted.words or "")
    assert "no longer paused" in (suspended.words or "")
    assert (await here.case(case_id)).status is Status.DECIDED


async def test_a_message_that_was_hidden_can_be_put_back_once(here: World) -> None:
    case_id, subject = await reported(here)
    await decide(here, case_id, HIDE)
    async with here.read() as session:
        (effect,) = await effects.of_case(session, case_id)
    undone = []
    for actor in (here.max, here.mo):
        async with here.work() as session:
            undone.append(await actions.undo(session, actor, effect.id, now=MORNING))
    assert undone == [True, False]
    async with here.read() as session:
        assert (await messages.by_id(session, subject.id)).status is Shown.SHOWN
    _, back = await here.notices(here.ben.account_id)
    assert "put your message back" in (back.words or "")


@SQLITE_ONLY
async def test_the_end_of_one_suspension_does_not_end_a_longer_one(here: World) -> None:
    long = Step(EffectKind.SUSPEND, timedelta(days=7))
    for steps in ((long,), (SUSPEND,)):
        case_id, _ = await reported(here)
        await decide(here, case_id, *steps)
    async with here.read() as session:
        account = await accounts.by_id(session, here.ben.account_id)
    assert account.suspended_until == MORNING + timedelta(days=7)
    async with here.work() as session:
        assert await actions.undo_due(session, now=MORNING + timedelta(days=2)) == 1
    async with here.read() as session:
        account = await accounts.by_id(session, here.ben.account_id)
    assert account.standing is Standing.SUSPENDED
    assert account.suspended_until == MORNING + timedelta(days=7)
    assert len(await here.notices(here.ben.account_id)) == 2


@SQLITE_ONLY
async def test_somebody_else_looks_again_when_its_author_asks(here: World) -> None:
    case_id, _ = await reported(here)
    await decide(here, case_id, SUSPEND)
    async with here.read() as session:
        (effect,) = await effects.of_case(session, case_id)
    for _ in range(2):
        async with here.work() as session:
            await telling.look_again(session, here.ben, case_id, words="I was quoting", now=MORNING)
    case = await here.case(case_id)
    assert (case.status, case.is_appealed, case.tier) == (Status.OPEN, True, Tier.ROUTINE)
    async with here.read() as session:
        assert (await triage.queue(session, here.mo, now=MORNING)).items == ()
    with pytest.raises(NotFound):
        await decide(here, case_id, NOTHING, version=case.version)
    async with here.work() as session:
        page = await case_pages.open_case(session, here.max, case_id, reason=REASON, now=MORNING)
        assert page.offered == (EffectKind.NOTHING,)
        await actions.undo(session, here.max, effect.id, now=MORNING)
    version = (await here.case(case_id)).version
    await decide(here, case_id, NOTHING, actor=here.max, version=version, rule=None)
    told = [notice.words or "" for notice in await here.notices(here.ben.account_id)]
    assert "It has been taken back" in told[-1]
    assert await standing(here, here.ben) is Standing.ACTIVE


@SQLITE_ONLY
async def test_only_whom_a_decision_is_about_can_ask_for_another_look(here: World) -> None:
    case_id, _ = await reported(here)
    async with here.work() as session:
        with pytest.raises(NotFound):
            await telling.look_again(session, here.ben, case_id, words="why?", now=MORNING)
    await decide(here, case_id, HIDE)
    async with here.work() as session:
        with pytest.raises(NotFound):
            await telling.look_again(session, here.ana, case_id, words="why?", now=MORNING)


@SQLITE_ONLY
async def test_everyone_who_told_us_hears_once_what_came_of_it(here: World) -> None:
    case_id, subject = await reported(here, reason=Reason.WORRIED)
    async with here.work() as session:
        await telling.tell(session, here.max, subject, "w", reason=Reason.UNKIND, now=MORNING)
    await decide(here, case_id, NOTHING, version=2, rule=None)
    worried = [n for n in await here.notices(here.ana.account_id) if n.kind is NoticeKind.OUTCOME]
    unkind = [n for n in await here.notices(here.max.account_id) if n.kind is NoticeKind.OUTCOME]
    assert [len(worried), len(unkind)] == [1, 1]
    assert "worried" in (worried[0].words or "")
    assert "left things as they are" in (unkind[0].words or "")
    assert await here.notices(here.ben.account_id) == []


@SQLITE_ONLY
async def test_a_decision_about_an_account_nobody_wrote_from_tells_nobody(here: World) -> None:
    case_id = await raised(here, about(), concern(MORNING, source=Source.SCREENING))
    await decide(here, case_id, NOTHING, rule=None)
    assert (await here.case(case_id)).status is Status.DECIDED


def told_to_members() -> list[str]:
    """Every sentence this package says to a member after a decision."""
    rule = Rule(id="kind", title="Be kind, and leave room", words="People here have had enough.")
    zone = ZoneInfo("Europe/London")
    reasons = [
        words.reason([step], rule=rule, own_words="own", now=MORNING, zone=zone)
        for step in (HIDE, MUTE, SUSPEND, Step(EffectKind.REFUSE))
    ]
    outcomes = [
        words.outcome(why, has_acted=acted, was_taken_back=back)
        for why in (None, *Reason)
        for acted in (True, False)
        for back in (True, False)
    ]
    back = [words.taken_back(kind) for kind in (HIDE.kind, MUTE.kind, SUSPEND.kind)]
    more = [words.STAFF_LOOKED, words.NOT_SENT_ON, words.reached_out("Mo", "own words")]
    return [*reasons, *outcomes, *back, *more]


@pytest.mark.parametrize("word", NEVER)
def test_members_never_read_a_word_of_the_desk(word: str) -> None:
    for sentence in told_to_members():
        assert not re.search(rf"\b{word}(e?s|ed|ing)?\b", sentence, re.IGNORECASE), sentence


def test_every_reason_says_how_to_say_it_is_wrong() -> None:
    for sentence in told_to_members()[:4]:
        assert words.IF_WRONG in sentence
        assert "rule" in sentence
