"""Texts with what they show, for measuring screening: read where they lie, none of them kept.

`read` takes the folder of public moderation data (each part's own SOURCE.md says whose it is and
what it may be used for). A part that isn't there is left out. Lengths differ much between parts,
and so does what their labels mean; figures are told for each part by itself.
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from core.safety import Category
from moderation import rulebooks
from moderation.searching import Rulebook

# The smaller a file is by one of these, the fewer columns: every annotator of ConvAbuse has some.
_ANNOTATORS: Final = range(1, 9)
_GRADES: Final = {"1": 1, "0": 0, "-1": -1, "-2": -2, "-3": -3}
_DETAILS: Final = frozenset({"PHONE_NUMBER", "EMAIL_ADDRESS", "ADDRESS"})
OWN: Final = "the rulebook's own examples"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text, and whether it shows what it is asked about. `source` is the part it came from."""

    text: str
    about: Category
    shows: bool
    source: str


def own(rulebook: Rulebook) -> list[Labelled]:
    """Return the rulebook's English examples, each asked about its own rule's category."""
    return [
        Labelled(text, rule.category, shows, OWN)
        for rule in rulebook.rules
        if rule.is_english
        for texts, shows in ((rule.matches, True), (rule.passes, False))
        for text in texts
    ]


def read(folder: Path) -> list[Labelled]:
    """Return every part of public data that lies there, each text once a part."""
    found = {
        (one.text, one.about, one.source): one
        for path, reader in _PARTS.items()
        if (folder / path).is_file()
        for one in reader(folder / path)
        if one.text
    }
    return list(found.values())


def questions(folder: Path) -> list[str]:
    """Return questions that people put to counsellors: calm mostly, and never to be punished."""
    file = folder / "counsel_chat" / "counsel_chat_train.csv"
    return (
        sorted({row["questionText"].strip() for row in _table(file)} - {""})
        if file.is_file()
        else []
    )


def support_talk(folder: Path) -> list[str]:
    """Return what people in need and their supporters said to each other (ESConv, to measure only).

    `folder` holds the public data of matching beside that of moderation.
    """
    file = folder / "matching" / "esconv" / "train.jsonl"
    if not file.is_file():
        return []
    talks = (json.loads(line)["dialog"] for line in file.read_text("utf-8").splitlines())
    return [said for talk in talks for turn in talk if (said := turn["text"].strip())]


# Of these questions the author says that they want to die, or hurt themselves; read one by one.
# Two of them could be meant either way and teach nothing.
_IN_DISTRESS: Final = frozenset({"17", "28", "63", "67", "72", "74", "114", "222", "729"})
_EITHER_WAY: Final = frozenset({"0", "108"})


def _counsel(file: Path) -> Iterator[Labelled]:
    for row in _table(file):
        number = row["questionID"]
        if number not in _EITHER_WAY:
            asked, is_distress = row["questionText"].strip(), number in _IN_DISTRESS
            yield Labelled(asked, Category.DISTRESS, is_distress, "counsel-chat questions")
        answer = row["answerText"].strip()
        yield Labelled(answer, Category.DISTRESS, False, "counsel-chat answers")


def calm() -> list[str]:
    """Return ordinary talk between peers that nothing may touch."""
    return list(rulebooks.ordinary_talk())


def _table(file: Path) -> Iterator[Mapping[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)


def _suicidemoji(file: Path) -> Iterator[Labelled]:
    for line in file.read_text("utf-8").splitlines():
        text, tab, label = line.rpartition("\t")
        if tab:
            yield Labelled(text.strip(), Category.DISTRESS, label == "1", "SuicidEmoji")


def _davidson(file: Path) -> Iterator[Labelled]:
    for row in _table(file):
        # Offensive and not hateful (class 1) is most of it, and neither here nor there.
        if row["class"] in ("0", "2"):
            yield Labelled(row["tweet"].strip(), Category.HATE, row["class"] == "0", "Davidson")


def _edos(file: Path) -> Iterator[Labelled]:
    for row in _table(file):
        yield Labelled(row["text"].strip(), Category.HATE, row["label_sexist"] == "sexist", "EDOS")


def _hatemoji(file: Path) -> Iterator[Labelled]:
    for row in _table(file):
        is_hate = row["label_gold"] == "1"
        yield Labelled(row["text"].strip(), Category.HATE, is_hate, "HatemojiBuild")


def _convabuse(file: Path) -> Iterator[Labelled]:
    for row in _table(file):
        grades = [_grade(row, number) for number in _ANNOTATORS]
        told = [grade for grade in grades if grade is not None]
        if told:
            is_abuse = sum(told) / len(told) <= -1
            yield Labelled(row["user"].strip(), Category.HARASSMENT, is_abuse, "ConvAbuse")


def _grade(row: Mapping[str, str], annotator: int) -> int | None:
    ticked = (
        value
        for name, value in _GRADES.items()
        if (row.get(f"Annotator{annotator}_is_abuse.{name}") or "0").strip() in ("1", "1.0")
    )
    return next(ticked, None)


def _wikipedia(file: Path) -> Iterator[Labelled]:
    for row in _table(file):
        is_toxic = row["toxic"] == "True"
        yield Labelled(row["comment"].strip(), Category.HARASSMENT, is_toxic, "Wikipedia")


def _sms(file: Path) -> Iterator[Labelled]:
    for line in file.read_text("utf-8").splitlines():
        label, tab, text = line.partition("\t")
        if tab:
            yield Labelled(text.strip(), Category.SPAM, label == "spam", "SMS spam")


def _presidio(file: Path) -> Iterator[Labelled]:
    made: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))
    for one in made:
        kinds = {span["entity_type"] for span in one["spans"]}
        gives = not kinds.isdisjoint(_DETAILS)
        yield Labelled(one["full_text"].strip(), Category.CONTACT, gives, "presidio-research")


_PARTS: Final[Mapping[str, Callable[[Path], Iterator[Labelled]]]] = MappingProxyType(
    {
        "suicidemoji/original_val.txt": _suicidemoji,
        "davidson_hate_offensive/labeled_data.csv": _davidson,
        "edos/edos_train_dev.csv": _edos,
        "hatemoji/hatemojibuild_train.csv": _hatemoji,
        "hatemoji/hatemojibuild_validation.csv": _hatemoji,
        "convabuse/ConvAbuseEMNLPtrain.csv": _convabuse,
        "convabuse/ConvAbuseEMNLPvalid.csv": _convabuse,
        "wiki_toxicity_fuzz/toxicity_nonfuzzed_testset.csv": _wikipedia,
        "sms_spam/sms_train.tsv": _sms,
        "presidio_research/generated_large.json": _presidio,
        "counsel_chat/counsel_chat_train.csv": _counsel,
    }
)
