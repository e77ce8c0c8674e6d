"""What somebody tells of themselves: kept for them, and pushed to be chosen by."""

from datetime import timedelta
from typing import Any

import pytest
from conftest import MORNING
from people_factories import sign_up
from sqlalchemy import func, select

from core.errors import TooLarge
from core.safety import Category, Response, SubjectKind, Tier, Verdict
from matching import candidates, crowds, presences, profiles
from matching.documents import Experience, Person
from matching.profiles import Profile, SavedElsewhere
from people import accounts
from people.permissions import Standing

pytestmark = pytest.mark.anyio


async def test_someone_who_told_nothing_has_an_empty_profile(house: Any) -> None:
    actor = (await sign_up(house.database, house.organisation_id, "Ada", now=MORNING)).actor
    async with house.reading() as session:
        own = await profiles.read(session, actor, now=MORNING)
    assert own.version == 0
    assert own.document.name == "Ada"
    assert own.document.has_told_little


async def test_what_was_saved_is_read_again(house: Any) -> None:
    actor = await house.join("Ada", about="I grow beans.", interests=["beans"])
    async with house.reading() as session:
        own = await profiles.read(session, actor, now=MORNING)
    assert (own.version, own.saved_at) == (1, MORNING)
    assert own.document.about == "I grow beans."
    assert own.document.id == str(actor.account_id)


async def test_an_empty_profile_can_be_saved(house: Any) -> None:
    actor = await house.join("Ada")
    async with house.reading() as session:
        everyone = (await crowds.everyone(session)).open()
    assert set(everyone.people) == {str(actor.account_id)}


async def test_of_two_windows_the_second_is_told(house: Any) -> None:
    actor = await house.join("Ada", about="First.")
    newer = Person(id="x", about="Second window.")
    async with house.work() as session:
        assert await profiles.save(session, actor, newer, over_version=1, now=MORNING) == 2
    for stale in (0, 1, 3):
        with pytest.raises(SavedElsewhere):
            async with house.work() as session:
                await profiles.save(session, actor, newer, over_version=stale, now=MORNING)


async def test_words_are_sealed_in_the_database(house: Any) -> None:
    await house.join("Ada", about="only for peers")
    async with house.reading() as session:
        sealed = (await session.execute(select(Profile.document_sealed))).scalar_one()
        copied = (await session.execute(select(candidates.Candidate.document_sealed))).scalar_one()
    assert b"only for peers" not in sealed + copied


async def test_topics_get_the_organisations_own_words(house: Any) -> None:
    lived = [{"words": "They talk.", "topic": "Voices"}, {"words": "Else.", "topic": "juggling"}]
    actor = await house.join("Ada", experiences=lived, wont_talk_about=["Alcohol"])
    async with house.reading() as session:
        own = await profiles.read(session, actor, now=MORNING)
    assert [one.topic for one in own.document.experiences] == ["hearing voices", "juggling"]
    assert own.document.wont_talk_about == ("drinking",)


async def test_blocks_are_not_kept_in_the_document(house: Any) -> None:
    actor = await house.join("Ada", blocked=["somebody"])
    async with house.reading() as session:
        assert (await profiles.read(session, actor, now=MORNING)).document.blocked == ()


async def test_a_whole_profile_has_a_length(house: Any) -> None:
    actor = (await sign_up(house.database, house.organisation_id, "Ada", now=MORNING)).actor
    long = tuple(Experience(words=f"{number}" + "a" * 1_990) for number in range(11))
    document = Person(id="x", experiences=long)
    with pytest.raises(TooLarge):
        async with house.work() as session:
            await profiles.save(session, actor, document, over_version=0, now=MORNING)


async def test_words_that_would_harm_somebody_are_saved_and_shown_to_nobody(house: Any) -> None:
    actor = await house.join("Ada")
    verdict = Verdict(
        Response.HOLD, Tier.SOON, because=("threat: x",), categories=frozenset({Category.THREAT})
    )
    async with house.work() as session:
        await profiles.save(
            session, actor, Person(id="x", about="harm"), over_version=1, now=MORNING,
            verdict=verdict, safety=house.safety,
        )  # fmt: skip
    async with house.reading() as session:
        everyone = (await crowds.everyone(session)).open()
        own = await profiles.read(session, actor, now=MORNING)
    assert own.document.about == "harm"
    assert everyone.withheld == {str(actor.account_id)}
    [(subject, concern)] = house.safety.flags
    assert (subject.kind, concern.tier) == (SubjectKind.PROFILE, Tier.SOON)


async def test_own_distress_in_a_profile_reaches_peers_and_a_person(house: Any) -> None:
    actor = await house.join("Ada")
    verdict = Verdict(
        Response.DELIVER_WITH_HELP, Tier.NOW, categories=frozenset({Category.DISTRESS})
    )
    async with house.work() as session:
        await profiles.save(
            session, actor, Person(id="x", about="despair"), over_version=1, now=MORNING,
            verdict=verdict, safety=house.safety,
        )  # fmt: skip
    async with house.reading() as session:
        assert (await crowds.everyone(session)).open().withheld == set()
    [(subject, _)] = house.safety.flags
    assert (subject.kind, subject.id) == (SubjectKind.ACCOUNT, actor.account_id)


async def test_documents_are_opened_once_per_revision(house: Any) -> None:
    ada = await house.join("Ada", about="First.")
    await house.join("Ben")
    async with house.reading() as session:
        first = (await crowds.everyone(session)).open()
        again = (await crowds.everyone(session)).open()
    assert again.people[str(ada.account_id)] is first.people[str(ada.account_id)]
    assert again.stamps == first.stamps
    async with house.work() as session:
        changed = Person(id="x", about="Second.")
        await profiles.save(session, ada, changed, over_version=1, now=MORNING)
    async with house.reading() as session:
        third = (await crowds.everyone(session)).open()
    assert third.people[str(ada.account_id)].about == "Second."
    assert third.stamps != first.stamps


async def test_a_removed_candidate_comes_back_with_new_words(house: Any) -> None:
    ada = await house.join("Ada", about="First.")
    async with house.work() as session:
        await candidates.remove(session, ada.account_id, now=MORNING)
        await candidates.remove(session, ada.account_id, now=MORNING)
    async with house.reading() as session:
        assert (await crowds.everyone(session)).open().people == {}
    async with house.work() as session:
        await candidates.save(
            session, ada.account_id, kind=candidates.Kind.PERSON,
            document=Person(id=str(ada.account_id), about="Second."), now=MORNING,
        )  # fmt: skip
    async with house.reading() as session:
        everyone = (await crowds.everyone(session)).open()
    assert [one.about for one in everyone.people.values()] == ["Second."]


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.ERASED])
async def test_who_is_suspended_or_gone_is_no_candidate(house: Any, standing: Standing) -> None:
    ada = await house.join("Ada")
    async with house.work() as session:
        await accounts.set_standing(session, ada.account_id, standing)
    async with house.reading() as session:
        assert (await crowds.everyone(session)).open().people == {}


async def test_wishes_are_kept_and_choosing_ends_resting(house: Any) -> None:
    ada = await house.join("Ada")
    async with house.work() as session:
        assert await presences.rest(session, ada.account_id, now=MORNING)
        assert not await presences.rest(session, ada.account_id, now=MORNING)
    async with house.reading() as session:
        assert (await presences.of(session, ada.account_id, now=MORNING)).is_resting
    async with house.work() as session:
        await presences.choose(
            session, ada, now=MORNING, is_paused=True, is_unlisted=True, wants_alike=True
        )
    async with house.reading() as session:
        wishes = await presences.of(session, ada.account_id, now=MORNING)
    assert wishes == presences.Wishes(is_paused=True, is_unlisted=True, wants_alike=True)


async def test_someone_away_for_three_weeks_rests_until_they_come_back(house: Any) -> None:
    ada = await house.join("Ada")
    for days, is_resting in ((20, False), (22, True)):
        async with house.reading() as session:
            wishes = await presences.everyone(session, now=MORNING + timedelta(days=days))
        assert wishes[ada.account_id].is_resting is is_resting
    back = MORNING + timedelta(days=30)
    async with house.work() as session:
        await presences.come_back(session, ada, now=back)
    async with house.reading() as session:
        assert not (await presences.of(session, ada.account_id, now=back)).is_resting


async def test_holding_twice_makes_one_row(house: Any) -> None:
    ada = await house.join("Ada")
    async with house.work() as session:
        await presences.hold(session, ada.account_id, ada.account_id, now=MORNING)
        count = await session.scalar(select(func.count()).select_from(presences.Presence))
    assert count == 1
