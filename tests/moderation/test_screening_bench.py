"""The figures of screening are what they say, and the bench runs with and without public data."""

import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from benchmarks import screening, screening_figures, screening_heads
from core.safety import Category
from moderation import labelled, training
from moderation.authored import Example
from moderation.lessons import EVERY, Lesson

SPAM = frozenset({Category.SPAM})
SURE = [True, True, False, False]


@pytest.mark.parametrize(
    ("scores", "auprc"), [([0.9, 0.8, 0.2, 0.1], 1.0), ([0.1, 0.2, 0.8, 0.9], 0.41666666)]
)
def test_the_area_is_one_where_all_that_show_it_stand_first(
    scores: list[float], auprc: float
) -> None:
    assert screening_figures.of(SURE, scores)["auprc"] == pytest.approx(auprc)


def test_recall_at_a_share_flags_no_more_of_the_others_than_that() -> None:
    truth = np.array([True] * 4 + [False] * 100)
    given = np.concatenate([[0.99, 0.7, 0.5, 0.1], np.linspace(0, 0.6, 100)])
    for share in (0.0, 0.01, 0.05, 0.5):
        threshold = np.sort(given[~truth])[::-1][int(share * 100)]
        assert (given[~truth] > threshold).mean() <= share
        assert screening_figures.recall_at(truth, given, share) == (given[truth] > threshold).mean()
    assert screening_figures.recall_at(truth, given, 1.0) == 1.0
    # Where all stand level, a threshold tells nobody apart.
    assert screening_figures.recall_at(truth, np.ones(104), 0.05) == 0.0


def test_calibration_is_how_far_claimed_shares_are_from_true_ones() -> None:
    truth = np.array([True] * 9 + [False])
    assert screening_figures.calibration_error(truth, np.full(10, 0.9)) == pytest.approx(0)
    assert screening_figures.calibration_error(truth, np.full(10, 0.1)) == pytest.approx(0.8)


def test_what_is_flagged_is_told_of_those_that_show_it_and_of_the_others() -> None:
    assert screening_figures.flagged([1, 0, 1, 0], SURE) == {"recall": 0.5, "false_alarms": 0.5}
    nobody = screening_figures.flagged([1.0], [True])
    assert nobody["recall"] == 1
    assert math.isnan(nobody["false_alarms"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A few lines of our own, laid out as the public parts are."""
    files = {
        "suicidemoji/original_val.txt": "i can't do this any more 😞\t1\nnew kettle 🫖\t0\n",
        "sms_spam/sms_train.tsv": "spam\tWIN a kettle! Reply now\nham\tHome by six, love\n",
        "counsel_chat/counsel_chat_train.csv": (
            "questionID,questionText,answerText\n7,I cry at work. Is that odd?,No. Many do.\n"
        ),
        "presidio_research/generated_large.json": json.dumps([
            {"full_text": "Ring 07700 900123", "spans": [{"entity_type": "PHONE_NUMBER"}]},
            {"full_text": "Ann came", "spans": [{"entity_type": "PERSON"}]},
        ]),
        "convabuse/ConvAbuseEMNLPtrain.csv": (
            "user,Annotator1_is_abuse.1,Annotator1_is_abuse.-2,Annotator2_is_abuse.-1\n"
            "you kettle,0,1,1\nhello,1,0,\n"
        ),
    }  # fmt: skip
    for name, words in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(words, "utf-8")
    return tmp_path


def test_each_part_is_read_with_what_its_labels_mean(folder: Path) -> None:
    found = {(one.about, one.source): {} for one in labelled.read(folder)}
    for one in labelled.read(folder):
        found[one.about, one.source][one.text.partition(" ")[0]] = one.shows
    assert found == {
        (Category.DISTRESS, "SuicidEmoji"): {"i": True, "new": False},
        (Category.SPAM, "SMS spam"): {"WIN": True, "Home": False},
        (Category.CONTACT, "presidio-research"): {"Ring": True, "Ann": False},
        (Category.HARASSMENT, "ConvAbuse"): {"you": True, "hello": False},
        (Category.DISTRESS, "counsel-chat questions"): {"I": False},
        (Category.DISTRESS, "counsel-chat answers"): {"No.": False},
    }
    assert labelled.questions(folder) == ["I cry at work. Is that odd?"]
    assert labelled.read(folder / "nowhere") == []
    assert labelled.support_talk(folder) == []
    (folder / "matching" / "esconv").mkdir(parents=True)
    said = {"dialog": [{"text": "Hello. "}, {"text": " "}, {"text": "Sit down"}]}
    (folder / "matching" / "esconv" / "train.jsonl").write_text(json.dumps(said), "utf-8")
    assert labelled.support_talk(folder) == ["Hello.", "Sit down"]


@pytest.mark.parametrize("is_there", [True, False])
def test_the_bench_ends_with_one_line_of_json_and_says_what_it_left_out(
    folder: Path,
    is_there: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Each part is learned without, which takes a second: two are enough here.
    for part in ("presidio_research", "convabuse"):
        shutil.rmtree(folder / part)
    data = ["--data", str(folder)] if is_there else []
    monkeypatch.setattr("sys.argv", ["screening", "--as-shipped", *data])
    monkeypatch.setattr(screening, "ROUNDS", 1)
    monkeypatch.setattr(screening, "BENT", 10)
    monkeypatch.setattr(screening, "TIMED", 5)
    screening.main()
    *said, last = capsys.readouterr().out.splitlines()
    figures = json.loads(last)
    assert figures["time"]["rules, chat message"].keys() == {"p50_ms", "p99_ms"}
    assert len(figures["evasions"]) == 17
    assert figures["calm"]["paged now"] == 0
    assert ("unseen" in figures) is ("questions" in figures) is is_there
    (left_out,) = [line for line in said if line.startswith("Left out")]
    assert ("unseen" in left_out) is not is_there
    assert "support talk" in left_out
    assert "kept back" in figures
    assert len(figures["evasions, heads"]) == 17
    if is_there:
        assert "distress, SuicidEmoji: regression" in figures["unseen"]


def test_heads_are_asked_of_what_is_kept_back_alone() -> None:
    taught = [("win a free prize", True), ("the kettle is on", False)] * 2
    heads = training.train(
        [Lesson(text, SPAM if shows else frozenset(), EVERY, 1.0) for text, shows in taught * 3]
    )
    told = (
        Example(f"{text}, said {number}", Category.SPAM, "kind" if shows else "calm", labels)
        for number in range(20)
        for text, shows in taught[:2]
        for labels in (SPAM if shows else frozenset(),)
    )
    examples = list(told)
    figures = screening_heads.kept_back(heads, examples)
    held = [one for one in examples if one.is_kept_back]
    assert figures["spam"]["texts"] == len(held) < len(examples)
    assert figures["spam"]["auprc"] == 1
    assert figures["spam, shows it: kind"]["flagged"] == 1
    assert figures["spam, not: calm"]["flagged"] == 0
