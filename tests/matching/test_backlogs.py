"""Words are read after they were saved, once for each revision and encoder, and kept sealed."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from conftest import MORNING, Hand
from sqlalchemy import select

from beenthere.upkeep import Upkeep
from core.settings import Settings
from matching import backlogs, candidates, crowds, encoders, offers, profiles, text
from matching.documents import Person
from matching.encodings import Encoding
from matching.vectors import Vectors

pytestmark = pytest.mark.anyio
VOICES = {"words": "They began when I was nineteen.", "topic": "hearing voices"}


class Counting:
    """An encoder that counts what it reads; a text's vector is how long it is."""

    dims, ordinary_cosine, copied_cosine = 3, 0.2, 0.99

    def __init__(self, name: str = "counting-1") -> None:
        self.name, self.read = name, list[str]()

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.read += texts
        made = np.array([[len(one) % 7 + 1, len(one) % 5, 1] for one in texts], dtype=np.float32)
        return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float16)


@pytest.fixture
def encoder() -> Iterator[Counting]:
    """In use, as if it had been loaded."""
    counting = Counting(f"counting-{uuid4()}")
    encoders.use(counting)
    yield counting
    encoders.use(None)


def _upkeep(house: Any) -> Upkeep:
    return Upkeep(house.database, settings=Settings(_env_file=None), clock=Hand())


async def kept(house: Any) -> list[Encoding]:
    async with house.reading() as session:
        return list(await session.scalars(select(Encoding)))


async def test_words_are_read_after_they_were_saved_and_stored_sealed(
    house: Any, encoder: Counting
) -> None:
    ada = await house.join("Ada", about="Beans.", experiences=[VOICES])
    assert encoder.read == [], "nobody waits for it while they save"
    await _upkeep(house).read_words()
    [row] = await kept(house)
    assert (row.candidate_id, row.encoder, row.revision) == (ada.account_id, encoder.name, 1)
    assert encoder.read == ["Beans.\nThey began when I was nineteen.", VOICES["words"]]
    async with house.reading() as session:
        everyone = (await crowds.everyone(session)).open()
    known = everyone.reader([str(ada.account_id)])
    assert np.array_equal(known.encode(encoder.read[:2]), encoder.encode(encoder.read[:2]))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_only_what_changed_is_read_again_and_all_of_it_for_a_new_encoder(
    house: Any, encoder: Counting
) -> None:
    ada, _ = await house.join("Ada", about="Beans."), await house.join("Ben", about="Onions.")
    one = _upkeep(house)
    await one.read_words()
    await one.read_words()
    assert sorted(encoder.read) == ["Beans.", "Onions."]
    async with house.work() as session:
        newer = Person(id="x", about="Peas.")
        await profiles.save(session, ada, newer, over_version=1, now=MORNING)
    await one.read_words()
    assert encoder.read[2:] == ["Peas."]
    newest = Counting("counting-2")
    encoders.use(newest)
    await one.read_words()
    assert sorted(newest.read) == ["Onions.", "Peas."]
    assert {row.encoder for row in await kept(house)} == {"counting-2"}


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_whoever_was_just_saved_is_compared_at_once_and_many_by_the_fallback(
    house: Any, encoder: Counting
) -> None:
    ada, *_ = [await house.join(f"P{number}", about=f"Told {number}.") for number in range(3)]
    async with house.reading() as session:
        gathered = await offers.gather(session, ada, now=MORNING)
    assert len(offers.answer(gathered).people) == 2
    assert len(encoder.read) == len(set(encoder.read)), "each text is read once"
    for number in range(crowds.MOST_UNREAD):
        await house.join(f"Q{number}", about=f"More {number}.")
    async with house.reading() as session:
        assert (await crowds.everyone(session)).open().encoder is text.HASHED
    await _upkeep(house).read_words()
    async with house.reading() as session:
        assert (await crowds.everyone(session)).open().encoder is encoder


async def test_whoever_wrote_anew_or_went_while_their_words_were_read_is_left_out(
    house: Any, encoder: Counting
) -> None:
    ada, ben = await house.join("Ada", about="Beans."), await house.join("Ben", about="Onions.")
    async with house.reading() as session:
        rows = await backlogs.unread(session, encoder)
    made = backlogs.read(rows, encoder)
    async with house.work() as session:
        await profiles.save(session, ada, Person(id="x"), over_version=1, now=MORNING)
        await candidates.remove(session, ben.account_id, now=MORNING)
    async with house.work() as session:
        assert await backlogs.keep(session, made) == 0
    assert await kept(house) == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_when_words_are_removed_so_is_what_was_made_of_them(
    house: Any, encoder: Counting
) -> None:
    ada = await house.join("Ada", about="Beans.")
    await _upkeep(house).read_words()
    async with house.work() as session:
        await candidates.remove(session, ada.account_id, now=MORNING)
    assert await kept(house) == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_document_that_cannot_be_opened_keeps_nobody_elses_waiting(
    house: Any, encoder: Counting
) -> None:
    ada, ben = await house.join("Ada", about="Beans."), await house.join("Ben", about="Onions.")
    async with house.work() as session:
        broken = await session.get(candidates.Candidate, ada.account_id)
        broken.document_sealed = b"v1|gone|nonsense"
    one = _upkeep(house)
    await one.read_words()
    await one.read_words()
    assert [row.candidate_id for row in await kept(house)] == [ben.account_id]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_saving_wakes_the_reader_without_waiting_for_its_next_round(
    house: Any, encoder: Counting
) -> None:
    one = _upkeep(house)
    one.start()
    try:
        waiting = one._saved
        await house.join("Ada", about="Beans.")
        assert waiting.is_set() or encoder.read, "the bell rings as the words are committed"
    finally:
        await one.stop()
