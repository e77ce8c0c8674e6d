"""`been-there train-screening`: the same texts give the same model, and a card says what it is."""

import hashlib
import json
from pathlib import Path

import pytest

from beenthere import train_screening
from core.safety import Category
from moderation import authored, models, training
from moderation.lessons import EVERY, Lesson

SPAM = frozenset({Category.SPAM})


def test_the_card_says_what_taught_each_head() -> None:
    told = [("win a free prize", SPAM), ("the kettle is on", frozenset())] * 3
    lessons = [Lesson(text, shows, EVERY, 1.0) for text, shows in told]
    learned = training.train(lessons)
    model = models.written(learned)
    card = train_screening.card(model, learned, lessons)
    assert card["sha256"] == hashlib.sha256(model).hexdigest()
    assert (card["categories"], card["texts"], card["showing_it"]) == (
        ["spam"], {"spam": 6}, {"spam": 3},
    )  # fmt: skip
    assert card["kept_back"] == sum(one.is_kept_back for one in authored.shipped())
    assert models.read(model, card).categories == (Category.SPAM,)


@pytest.mark.long
def test_learned_twice_it_is_the_same_to_the_byte(tmp_path: Path) -> None:
    (tmp_path / "sms_spam").mkdir()
    words = "spam\tWIN a kettle! Reply now\nham\tHome by six, love\n"
    (tmp_path / "sms_spam" / "sms_train.tsv").write_text(words, "utf-8")
    for name in ("one", "two"):
        assert "taught 10 heads" in train_screening.run(tmp_path, tmp_path / name)
    one, two = ((tmp_path / name / models.MODEL).read_bytes() for name in ("one", "two"))
    assert one == two
    card = json.loads((tmp_path / "one" / models.CARD).read_text("utf-8"))
    learned = models.read(one, card)
    sold, said = (learned.scores(text)[Category.SPAM] for text in ("win a kettle", "home by six"))
    assert sold > said
