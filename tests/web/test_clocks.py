"""Times on a page are told by the organisation's clocks, in the page's language."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from app_factories import browser_of
from conftest import Hand
from fastapi import FastAPI
from people_factories import sign_up

from core.database import Database
from core.sentences import When, say, say_many
from moderation.documents import StaffedHours
from people import documents
from people.permissions import Role
from web.rendering import environment
from web.translating import Voice

# 2 a.m. on 1 November 2026 in New York: clocks go back to 1 a.m.
BEFORE = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
NEW_YORK = Voice("en", "America/New_York")


@pytest.mark.parametrize(
    ("hours_later", "words"),
    [
        (-1, "Sun 1 Nov 00:30"),
        (0, "Sun 1 Nov 01:30 EDT"),
        (1, "Sun 1 Nov 01:30 EST"),
        (2, "Sun 1 Nov 02:30"),
        (24, "Mon 2 Nov 00:30"),
    ],
)
def test_an_hour_that_clocks_show_twice_is_told_apart(hours_later: int, words: str) -> None:
    assert NEW_YORK.told(When(BEFORE + timedelta(hours=hours_later))) == words


def test_a_moment_within_a_sentence_keeps_a_zone_of_its_own() -> None:
    opens = say("Opens at %(at)s.", at=When(BEFORE, "Europe/London", "clock"))
    assert NEW_YORK.told(opens) == "Opens at 5:30."
    welsh = Voice("cy", "America/New_York")
    assert welsh.told(When(BEFORE, shape="day")) == "Dydd Sul 1 Tachwedd"


def test_a_template_says_our_words_in_its_language_and_escapes_what_somebody_wrote() -> None:
    env = environment("qps", "America/New_York")
    page = env.from_string(
        "{{ ours }}|{{ _('To %(who)s', who=ours) }}|{{ [ours, theirs]|join(', ') }}|{{ theirs }}"
    )
    theirs = "<b>own & words</b>"
    ours, plain, joined, last = page.render(
        ours=say("Hello %(name)s", name=theirs), theirs=theirs
    ).split("|")
    assert ours.startswith("⟦Hélló &lt;b&gt;own &amp; words&lt;/b&gt;")
    assert plain.startswith("⟦Tó ⟦Hélló &lt;b&gt;")
    assert joined == f"{ours}, {last}"
    assert last == "&lt;b&gt;own &amp; words&lt;/b&gt;"


def test_numbers_choose_their_words() -> None:
    pretend = Voice("qps")
    assert "dáý " in pretend.told(say_many("%(count)s day", "%(count)s days", count=1))
    assert "dáýš" in pretend.told(say_many("%(count)s day", "%(count)s days", count=2))


@pytest.mark.anyio
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_page_shows_the_organisations_clocks_and_says_whose_they_are(
    app: FastAPI, database: Database, clock: Hand, organisation_id: UUID
) -> None:
    clock.now = BEFORE
    held = (Role.ADMINISTRATOR,)
    keeper = await sign_up(database, organisation_id, "Keeper", now=BEFORE, roles_held=held)
    async with database.unit_of_work(organisation_id) as session:
        shipped = await documents.current(session, StaffedHours)
        here = shipped.model_copy(update={"timezone": "America/New_York"})
        await documents.change(session, keeper.actor, here, over_version=0, now=BEFORE)
    async with browser_of(app, keeper) as browser:
        page = (await browser.get("/my-data")).text
    assert '<time datetime="2026-11-01T05:30:00+00:00">Sun 1 Nov 01:30 EDT</time>' in page
    assert 'data-clocks="America/New_York"' in page
    assert "Times here are as clocks show them in New York." in page
