"""Who is there, by the clock: no text promises a person who isn't."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from moderation import helping, hours
from moderation.documents import CrisisDirectory, HouseRules, Line, StaffedHours
from moderation.helping import Place
from moderation.hours import Staffed
from moderation.safety_words import FOUR_ANSWERS, SafetyWords
from people import documents
from people.documents import Settled

LONDON = ZoneInfo("Europe/London")


def shipped(model: type[Settled]) -> dict[str, object]:
    body: dict[str, object] = json.loads(documents._default(model.kind))
    return body


NOBODY_OPEN = {"name": "Elsewhere", "services": []}
DIRECTORY = CrisisDirectory.model_validate(shipped(CrisisDirectory))
WORDS = SafetyWords.model_validate(shipped(SafetyWords))
NINE_TO_NINE = StaffedHours.model_validate(shipped(StaffedHours))


def staffed_hours(closed_on: tuple[str, ...] = (), **days: list[tuple[str, str]]) -> StaffedHours:
    spans = {day: [{"from": start, "to": end} for start, end in of] for day, of in days.items()}
    changed = {"hours": spans, "closed_on": closed_on}
    return StaffedHours.model_validate(shipped(StaffedHours) | changed)


def london(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=fold).astimezone(UTC)


def place(text: str, own: StaffedHours = NINE_TO_NINE, *, is_easy_read: bool = False) -> Place:
    return Place(WORDS, own, DIRECTORY, london(text), is_easy_read=is_easy_read)


NIGHTS = staffed_hours(fri=[("22:00", "02:00")], sat=[("22:00", "02:00")])
SPLIT = staffed_hours(wed=[("09:00", "12:00"), ("12:00", "17:00"), ("19:00", "21:00")])
LATE = staffed_hours(sat=[("18:00", "00:00")], sun=[("00:00", "02:00")])
CLOCK = [
    # 4 March 2026 is a Wednesday.
    (NINE_TO_NINE, "2026-03-04T08:59", None, "9:00"),
    (NINE_TO_NINE, "2026-03-04T09:00", "21:00", None),
    (NINE_TO_NINE, "2026-03-04T20:59", "21:00", None),
    (NINE_TO_NINE, "2026-03-04T21:00", None, "9:00 tomorrow"),
    (NINE_TO_NINE, "2026-03-06T23:00", None, "10:00 tomorrow"),
    (NINE_TO_NINE, "2026-03-07T18:00", None, "10:00 tomorrow"),
    (NIGHTS, "2026-03-06T21:59", None, "22:00"),
    (NIGHTS, "2026-03-06T22:00", "2:00 tomorrow", None),
    (NIGHTS, "2026-03-07T01:59", "2:00", None),
    (NIGHTS, "2026-03-07T02:00", None, "22:00"),
    (NIGHTS, "2026-03-08T01:30", "2:00", None),
    (NIGHTS, "2026-03-08T02:00", None, "22:00 on Friday"),
    (SPLIT, "2026-03-04T11:59", "17:00", None),
    (SPLIT, "2026-03-04T17:30", None, "19:00"),
    (SPLIT, "2026-03-04T21:30", None, "9:00 on Wednesday 11 March"),
    (LATE, "2026-03-07T23:59", "2:00 tomorrow", None),
    (staffed_hours(sat=[("18:00", "00:00")]), "2026-03-07T19:00", "midnight", None),
    (staffed_hours(wed=[("00:00", "00:00")]), "2026-03-04T23:59", "midnight", None),
    (staffed_hours(), "2026-03-04T10:00", None, "further notice"),
]


@pytest.mark.parametrize(("own", "now", "closes", "opens"), CLOCK)
def test_the_sentence_by_the_clock(
    own: StaffedHours, now: str, closes: str | None, opens: str | None
) -> None:
    said = helping.who_is_here(place(now, own))
    if closes is not None:
        assert said == f"Somebody is on shift until {closes}."
    else:
        assert said.startswith(f"Nobody from the team is here until {opens}. Lines open now: ")


@pytest.mark.parametrize(
    ("closed", "now", "opens"),
    [
        (("2026-03-04",), "2026-03-04T10:00", "9:00 tomorrow"),
        (("2026-03-05",), "2026-03-04T22:00", "9:00 on Friday"),
        (tuple(f"2026-03-{day:02}" for day in range(4, 32)), "2026-03-04T10:00", "further notice"),
    ],
)
def test_days_off_are_days_off(closed: tuple[str, ...], now: str, opens: str) -> None:
    own = StaffedHours.model_validate(shipped(StaffedHours) | {"closed_on": closed})
    assert f"until {opens}." in helping.who_is_here(place(now, own))


def test_hours_follow_the_clock_on_the_wall_through_summer_time() -> None:
    # Clocks go forward on 29 March 2026: nine o'clock comes an hour sooner in UTC.
    saturday = hours.staffed(NINE_TO_NINE, london("2026-03-27T22:00"))
    monday = hours.staffed(NINE_TO_NINE, london("2026-03-29T22:00"))
    assert saturday.opens_at == datetime(2026, 3, 28, 10, 0, tzinfo=UTC)
    assert monday.opens_at == datetime(2026, 3, 30, 8, 0, tzinfo=UTC)


def test_a_shift_across_the_change_is_as_long_as_it_really_is() -> None:
    across = staffed_hours(sat=[("22:00", "06:00")])
    for day, length in (("2026-03-28", 7), ("2026-10-24", 9), ("2026-06-06", 8)):
        start = london(f"{day}T22:00")
        assert hours.staffed(across, start).closes_at == start + timedelta(hours=length)


def test_where_the_clock_is_ambiguous_the_text_promises_less() -> None:
    # 25 October 2026: half past one happens twice.
    own = staffed_hours(sun=[("01:30", "05:00")])
    early, late = london("2026-10-25T01:40"), london("2026-10-25T01:40", fold=1)
    assert not hours.staffed(own, early).is_staffed
    assert hours.staffed(own, late).is_staffed
    ends = staffed_hours(sat=[("22:00", "01:30")])
    assert not hours.staffed(ends, early).is_staffed
    # 29 March 2026: half past one does not happen.
    skipped = staffed_hours(sun=[("01:30", "05:00")])
    opens_at = hours.staffed(skipped, london("2026-03-29T00:30")).opens_at
    assert opens_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_place_that_never_closes_says_no_end() -> None:
    always = staffed_hours(**{day: [("00:00", "00:00")] for day in hours.DAYS})
    assert hours.staffed(always, london("2026-03-04T10:00")) == Staffed(True)


@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(LONDON)))  # noqa: DTZ001 - hypothesis adds the zone
def test_the_end_and_the_beginning_that_are_said_are_true(now: datetime) -> None:
    for own in (NINE_TO_NINE, NIGHTS, SPLIT, LATE):
        found, moment = hours.staffed(own, now), timedelta(seconds=1)
        if found.closes_at is not None:
            assert hours.staffed(own, found.closes_at - moment).is_staffed
            assert not hours.staffed(own, found.closes_at).is_staffed
        if found.opens_at is not None:
            assert not hours.staffed(own, found.opens_at - moment).is_staffed
            assert hours.staffed(own, found.opens_at).is_staffed


def line(line_id: str, region: str | None = None) -> Line:
    return next(one for one in DIRECTORY.region(region).services if one.id == line_id)


@pytest.mark.parametrize(
    ("line_id", "region", "now", "is_open"),
    [
        ("samaritans", None, "2026-03-04T03:00", True),
        ("calm", None, "2026-03-04T16:59", False),
        ("calm", None, "2026-03-04T17:00", True),
        ("calm", None, "2026-03-04T23:59", True),
        ("calm", None, "2026-03-05T00:00", False),
        ("breathing-space", "Scotland", "2026-03-05T01:59", True),
        ("breathing-space", "Scotland", "2026-03-05T02:00", False),
        ("saneline", None, "2026-07-01T21:59", True),
        ("saneline", None, "2026-07-01T22:00", False),
    ],
)
def test_lines_are_open_by_their_own_hours(
    line_id: str, region: str | None, now: str, is_open: bool
) -> None:
    assert helping.open_now(line(line_id, region), london(now), LONDON) is is_open


def test_lines_are_those_of_the_region_and_of_the_hour_with_emergencies_last() -> None:
    night = helping.lines_open(DIRECTORY, london("2026-03-04T03:00"), region="Scotland")
    assert "breathing-space" not in {one.id for one in night}
    assert {"samaritans", "999"} <= {one.id for one in night}
    assert [one.is_emergency for one in night] == sorted(one.is_emergency for one in night)
    elsewhere = helping.lines_open(DIRECTORY, london("2026-03-04T03:00"), region="Atlantis")
    assert elsewhere == helping.lines_open(DIRECTORY, london("2026-03-04T03:00"))


def test_at_night_the_room_says_so_where_one_types_with_lines_that_answer() -> None:
    said = helping.who_is_here(place("2026-03-04T03:00"))
    assert said.startswith("Nobody from the team is here until 9:00. Lines open now: ")
    assert "Samaritans on 116 123" in said
    assert "CALM" not in said


def test_without_a_line_that_answers_the_emergency_number_stands() -> None:
    empty = DIRECTORY.model_copy(
        update={"regions": (DIRECTORY.regions[0].model_copy(update={"services": ()}),)}
    )
    night = Place(WORDS, NINE_TO_NINE, empty, london("2026-03-04T03:00"))
    assert "999" in helping.who_is_here(night)
    assert "999" in helping.asked_a_person(night, asked_at=night.now)
    assert "{" not in helping.who_is_here(night)


@pytest.mark.parametrize("is_easy_read", [False, True])
@pytest.mark.parametrize("now", ["2026-03-04T03:00", "2026-03-04T10:00"])
def test_no_sentence_keeps_a_gap_to_fill(now: str, is_easy_read: bool) -> None:
    here = place(now, is_easy_read=is_easy_read)
    card = helping.help_card(here, own_plan="ring Sam", trusted_name="Sam")
    said = [
        helping.who_is_here(here),
        helping.quiet_line(here),
        card.person.words,
        card.trusted.words if card.trusted else "",
        helping.asked_a_person(here, asked_at=here.now),
        helping.asked_a_person(here, asked_at=here.now - timedelta(minutes=11)),
        helping.asked_a_person(here, asked_at=here.now, answered_by="Mo"),
    ]
    assert not [sentence for sentence in said if "{" in sentence or not sentence]


def test_an_empty_rota_is_never_told_as_somebody_being_there() -> None:
    night = place("2026-03-04T03:00")
    asked = helping.asked_a_person(night, asked_at=night.now)
    card = helping.help_card(night)
    for said in (asked, card.person.words):
        assert "9:00" in said
        assert "on shift until" not in said


def test_a_page_nobody_answers_in_ten_minutes_is_told() -> None:
    here = place("2026-03-04T10:00")
    nine, ten = (here.now - timedelta(minutes=minutes) for minutes in (9, 10))
    assert "on shift until 21:00" in helping.asked_a_person(here, asked_at=nine)
    told = helping.asked_a_person(here, asked_at=ten)
    assert "nobody has answered" in told
    assert "Samaritans on 116 123" in told
    assert helping.asked_a_person(here, asked_at=ten, answered_by="Mo").startswith("Mo ")


def test_the_card_begins_with_the_message_and_puts_a_person_before_the_list() -> None:
    card = helping.help_card(place("2026-03-04T10:00"), own_plan="walk, then ring Sam")
    assert card.first_line == "Your message was sent."
    assert helping.quiet_line(place("2026-03-04T10:00")).startswith("Your message was sent.")
    assert card.own_plan == "walk, then ring Sam"
    assert "21:00" in card.person.words
    names = list(card.__dataclass_fields__)
    assert names.index("own_plan") < names.index("person") < names.index("lines")
    assert card.trusted is None
    assert helping.help_card(place("2026-03-04T10:00")).own_plan_heading == ""


@pytest.mark.parametrize("is_easy_read", [False, True])
def test_the_question_is_answered_in_four_sentences(is_easy_read: bool) -> None:
    found = helping.what_happens(place("2026-03-04T10:00"), is_easy_read=is_easy_read)
    assert found.title == "What happens if I say I want to die?"
    assert tuple(sentence.id for sentence in found.sentences) == FOUR_ANSWERS


@pytest.mark.parametrize("is_easy_read", [False, True])
def test_every_sentence_names_the_number_that_the_directory_names(is_easy_read: bool) -> None:
    first = {"words": "In danger? Ring 000.", "phone": {"tel": "000", "display": "000"}}
    elsewhere = shipped(CrisisDirectory) | {"emergency": first, "regions": [NOBODY_OPEN]}
    directory = CrisisDirectory.model_validate(elsewhere)
    there = replace(place("2026-03-04T02:00", is_easy_read=is_easy_read), directory=directory)
    four = helping.what_happens(there, is_easy_read=is_easy_read).sentences
    for said in (helping.help_card(there).danger, helping.who_is_here(there), four[2].words):
        assert "ring 000" in said
    assert "999" not in json.dumps([shipped(SafetyWords), shipped(StaffedHours)])


def test_three_sentences_are_not_enough() -> None:
    body = json.loads(json.dumps(shipped(SafetyWords)))
    body["what_happens"]["sentences"].pop()
    with pytest.raises(ValidationError):
        SafetyWords.model_validate(body)


@pytest.mark.parametrize("model", [CrisisDirectory, StaffedHours, SafetyWords, HouseRules])
def test_a_document_is_stored_as_it_is_shipped(model: type[Settled]) -> None:
    document = model.model_validate(shipped(model))
    again = model.model_validate_json(document.model_dump_json())
    assert again == document


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError):
        StaffedHours.model_validate(shipped(StaffedHours) | {"timezone": "Europe/Nowhere"})


def test_house_rules_are_found_by_their_id() -> None:
    rules = HouseRules.model_validate(shipped(HouseRules))
    kind = rules.rule("kind")
    assert kind is not None
    assert kind.title
    assert rules.rule("no such rule") is None


def test_numbers_within_a_sentence_are_said_once() -> None:
    assert line("nhs-111").in_short == "NHS 111"
    assert line("samaritans").in_short == "Samaritans on 116 123"
    assert line("shout").in_short == "Shout (text SHOUT to 85258)"


def test_dates_far_ahead_carry_their_day() -> None:
    now = london("2026-03-04T10:00")
    said = hours.in_words(london("2026-04-20T09:05"), now=now, zone=LONDON)
    assert said == "9:05 on Monday 20 April"
    assert date(2026, 4, 20).weekday() == 0
