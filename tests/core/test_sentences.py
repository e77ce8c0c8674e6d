"""Words that people read: English for programs, and any language for a reader."""

import copy
import pickle
import re
from datetime import UTC, datetime

import pytest

from core import encryption
from core.encryption import KeyRing, SealBroken
from core.sentences import Sentence, Shape, When, fill, say, say_many, together, told

AT = datetime(2026, 7, 3, 14, 5, tzinfo=UTC)
RING = KeyRing({"a": b"a" * 32}, index_key=b"i" * 32)


class Shouting:
    """A language that is English in capitals."""

    def gettext(self, message: str) -> str:
        return _shout(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return _shout(msgid1 if n == 1 else msgid2)

    def when(self, at: datetime, zone: str, shape: Shape) -> str:
        return f"<{at:%H:%M} {zone} {shape}>"


class Broken(Shouting):
    """A language whose catalogue names a value that there is not."""

    def gettext(self, message: str) -> str:
        return message + " %(nobody)s"


def _shout(message: str) -> str:
    return "".join(
        part if part.startswith("%(") else part.upper()
        for part in re.split(r"(%\(\w+\)s)", message)
    )


def test_a_sentence_is_its_english_for_every_program() -> None:
    assert say("Hello %(name)s.", name="Wren") == "Hello Wren."
    assert say_many("%(count)s day", "%(count)s days", count=1) == "1 day"
    assert say_many("%(count)s day", "%(count)s days", count=3) == "3 days"
    assert say("All of it: 100 % today") == "All of it: 100 % today"


def test_a_reader_hears_our_words_translated_and_never_what_somebody_wrote() -> None:
    words = say("Hello %(name)s.", name="Hello there %(x)s")
    assert told(words, Shouting()) == "HELLO Hello there %(x)s."
    assert told("Hello.", Shouting()) == "Hello."
    assert told(say_many("%(count)s day", "%(count)s days", count=2), Shouting()) == "2 DAYS"


def test_sentences_stand_in_sentences_and_next_to_each_other() -> None:
    inner = say("somebody")
    both = together(say("Hello %(name)s.", name=inner), "", "Own words.", When(AT, shape="clock"))
    assert both == "Hello somebody. Own words. 14:05"
    assert told(both, Shouting()) == "HELLO SOMEBODY. Own words. <14:05  clock>"
    assert together("", "") == ""


def test_a_template_is_filled_later_and_somebodys_own_text_keeps_its_braces() -> None:
    template = say("Hello %(name)s.")
    assert told(template.filled(name="Wren"), Shouting()) == "HELLO Wren."
    filled = fill("Open {until}, {smile} {until}", until=say("tomorrow"))
    assert filled == "Open tomorrow, {smile} tomorrow"
    assert told(filled, Shouting()) == "Open TOMORROW, {smile} TOMORROW"


def test_a_wrong_catalogue_breaks_no_page() -> None:
    assert told(say("Hello %(name)s.", name="Wren"), Broken()) == "Hello Wren."


@pytest.mark.parametrize(
    "words",
    [
        say("Until %(until)s, %(name)s.", until=When(AT, "Asia/Kolkata"), name="Wren 🙂"),
        say_many("%(count)s day", "%(count)s days", count=2),
        together(say("Hello."), "{own}"),
        When(AT, shape="day"),
    ],
)
def test_what_is_sealed_comes_out_in_its_readers_language(words: Sentence | When) -> None:
    opened = RING.open("t.c:1", RING.seal("t.c:1", words))
    assert opened == words
    assert told(opened, Shouting()) == told(words, Shouting()) != words
    for again in (copy.deepcopy(words), pickle.loads(pickle.dumps(words))):
        assert told(again, Shouting()) == told(words, Shouting())


def test_nobodys_own_words_pass_for_a_sentence_of_ours() -> None:
    forged = '{"say":"Hello.","many":"","values":{}}'
    sealed = RING.seal("t.c:1", forged)
    assert sealed.startswith(encryption.VERSION)
    assert type(RING.open("t.c:1", sealed)) is str
    with pytest.raises(SealBroken):
        RING.open("t.c:1", encryption.SENTENCE + sealed[len(encryption.VERSION) :])
