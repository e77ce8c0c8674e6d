"""The person document: what is taken, what is refused, and in which words."""

import json

import pytest
from hypothesis import given

from core import limits
from core.errors import Invalid
from matching import documents
from matching.documents import AgeBand, GroupDocument, Person, Weight, Where
from tests.matching import random_people


def _fault(data: object) -> Invalid:
    with pytest.raises(Invalid) as raised:
        documents.parse(data)
    return raised.value


def test_an_id_is_all_that_is_needed() -> None:
    person = documents.parse({"id": "a"})
    assert (person.languages, person.capacity, person.age_band) == (("en",), 3, None)
    assert person.has_told_little


def test_text_is_trimmed_and_short_fields_are_one_line() -> None:
    person = documents.parse({"id": " a ", "name": " Sam\n of Hove ", "about": "  two\nlines "})
    assert (person.id, person.name, person.about) == ("a", "Sam of Hove", "two\nlines")


def test_repeats_and_empty_rows_of_a_list_are_dropped_without_case() -> None:
    person = documents.parse({"id": "a", "interests": ["Tea", " tea ", "  ", "walks"]})
    assert person.interests == ("Tea", "walks")


def test_an_experience_is_nice_and_its_place_rather_not_said_by_default() -> None:
    lived = documents.parse({"id": "a", "experiences": [{"words": "voices"}]}).experiences[0]
    assert (lived.weight, lived.where, lived.topic) == (Weight.NICE, Where.RATHER_NOT_SAY, "")


def test_null_and_no_languages_count_as_not_said() -> None:
    person = documents.parse({"id": "a", "age_band": None, "about": None, "languages": []})
    assert (person.age_band, person.about, person.languages) == (None, "", ("en",))


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ([], "", "object in curly brackets"),
        ({}, "id", "needed"),
        ({"id": " "}, "id", "needed"),
        ({"id": 3}, "id", "text in quotation marks"),
        ({"id": "a", "diagnosis": "x"}, "diagnosis", "no such field"),
        ({"id": "a", "experiences": [{"since": 3}]}, "experiences[0].since", "no such field"),
        ({"id": "a", "about": "a\0b"}, "about", "NUL"),
        ({"id": "a", "about": "a\ud83d"}, "about", "lone surrogate"),
        ({"id": "a", "interests": ["ok", "\udc00"]}, "interests[1]", "lone surrogate"),
        ({"id": "a", "name": "x" * 41}, "name", "longer than 40 characters"),
        ({"id": "a", "about": "x" * 20_001}, "about", "longer than 20000 characters"),
        ({"id": "a", "interests": "tea"}, "interests", "list in square brackets"),
        ({"id": "a", "interests": [str(n) for n in range(51)]}, "interests", "more than 50"),
        ({"id": "a", "experiences": [{"where": "cured"}]}, "experiences[0].where", "living_it"),
        ({"id": "a", "looking_for": ["money"]}, "looking_for[0]", "mentor"),
        ({"id": "a", "languages": ["!"]}, "languages[0]", "not a language"),
        ({"id": "a", "age_band": "17"}, "age_band", "under_18"),
        ({"id": "a", "timezone": "../etc/passwd"}, "timezone", "not a time zone"),
        ({"id": "a", "timezone": "Mars/North"}, "timezone", "Europe/London"),
        ({"id": "a", "available": ["mon-noon"]}, "available[0]", "tue-evening"),
        ({"id": "a", "capacity": -1}, "capacity", "less than 0"),
        ({"id": "a", "capacity": True}, "capacity", "whole number"),
        ({"id": "a", "capacity": 1.5}, "capacity", "whole number"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence_with_the_field(
    data: object, field: str, words: str
) -> None:
    fault = _fault(data)
    assert fault.extra["field"] == field
    assert words in fault.detail
    assert fault.detail.startswith(field or "this")


def test_a_story_may_fill_a_whole_profile() -> None:
    assert len(documents.parse({"id": "a", "about": "é" * limits.PROFILE_CHARACTERS}).about)


def test_no_list_of_blocks_is_too_long_for_an_ordinary_list() -> None:
    blocked = [f"p{number}" for number in range(500)]
    assert len(documents.parse({"id": "a", "blocked": blocked}).blocked) == 500


def test_lines_are_read_as_they_come_past_a_byte_order_mark_and_empty_lines() -> None:
    lines = ['\ufeff{"id": "a"}\n', "\n", '{"id": "b"}']
    assert [person.id for person in documents.read_jsonl(lines)] == ["a", "b"]


@pytest.mark.parametrize(
    ("bad", "field", "words"),
    [
        ('{"id": "b", "height": 2}', "height", "no such field"),
        ('{"id": "a"}', "id", "same id stands on line 1"),
        ('{"id": ', "", "not JSON"),
        ("[" * 100_000, "", "nested too deeply"),
        ('{"id": "b", "capacity": ' + "1" * 5_000 + "}", "", "not JSON"),
        ('"b"', "", "curly brackets"),
    ],
)
def test_a_line_at_fault_is_named_by_its_number(bad: str, field: str, words: str) -> None:
    with pytest.raises(Invalid) as raised:
        list(documents.read_jsonl(['{"id": "a"}', "", bad]))
    assert raised.value.detail.startswith("Line 3: ")
    assert words in raised.value.detail
    assert (raised.value.extra["line"], raised.value.extra["field"]) == (3, field)


def test_nobody_can_be_changed_after_reading() -> None:
    with pytest.raises(ValueError, match="frozen"):
        documents.parse({"id": "a"}).about = "other"  # type: ignore[misc]


def test_the_schema_names_every_field_of_the_table_and_no_other() -> None:
    schema = documents.json_schema()
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["id"]
    assert set(schema["properties"]) == {
        *("id", "name", "words_for_self", "about", "experiences", "used", "wanted"),
        *("looking_for", "can_offer", "interests", "wont_talk_about", "languages", "age_band"),
        *("timezone", "available", "capacity", "blocked"),
    }
    lived = schema["$defs"]["Experience"]["properties"]
    assert set(lived) == {"words", "topic", "where", "weight"}
    assert schema["$defs"]["AgeBand"]["enum"] == [band.value for band in AgeBand]


@given(random_people.populations())
def test_what_was_written_reads_as_the_same(people: list[Person]) -> None:
    lines = [person.model_dump_json() for person in people]
    assert list(documents.read_jsonl(lines)) == people
    assert json.loads(lines[0])["id"] == people[0].id


def test_a_groups_card_refuses_fields_it_does_not_have() -> None:
    with pytest.raises(ValueError, match="members"):
        GroupDocument.model_validate({"id": "g", "members": []})
