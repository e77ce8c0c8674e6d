"""The founding story, as `python -m benchmarks.founding` walks it with hundreds: it can't rot."""

from pathlib import Path

import pytest

from benchmarks import founding


def test_people_are_brought_in_and_offered_others_and_some_of_them_talk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEEN_THERE_DATABASE_URL", "set by the walk, and put back afterwards")
    told = founding.authored()[:12]
    figures = founding.walk(tmp_path, told, talkers=2)
    assert (figures["in_the_file"], figures["brought"]) == (12, 12)
    assert (figures["left_without"], figures["words_left_unread"]) == (0, 0)
    assert (figures["signed_in"], figures["talks"]) == (4, 2)


def test_real_situations_are_named_by_number_and_keep_topic_and_stage(tmp_path: Path) -> None:
    (tmp_path / "esconv").mkdir()
    row = (
        '{"situation": "The evenings are long.", "problem_type": "Sleep Problems",'
        ' "experience_type": "Previous Experience"}\n'
    )
    (tmp_path / "esconv" / "train.jsonl").write_text(row, "utf-8")
    [told] = founding.of_dialogues(tmp_path)
    assert told["name"] == "Person 1"
    assert told["experiences"] == [
        {
            "words": "The evenings are long.",
            "topic": "sleep problems",
            "where": "further_along",
        }
    ]
