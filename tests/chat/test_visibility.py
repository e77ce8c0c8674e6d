"""The visibility table, cell by cell: blocks × {message, page, reply, list, export, sign}."""

import pytest

from chat.kinds import RoomKind
from chat.visibility import TABLE, Bond, Sight, Surface, bond, sight

W, F, N = Sight.WORDS, Sight.FOLDED, Sight.NOTHING
BONDS = (Bond.OWN, Bond.NONE, Bond.I_BLOCKED, Bond.THEY_BLOCKED, Bond.BOTH)

#                                    own none mine theirs both
TRUTH = {
    (Surface.MESSAGE, RoomKind.GROUP): (W, W, F, W, F),
    (Surface.PAGE, RoomKind.GROUP): (W, W, F, W, F),
    (Surface.REPLY, RoomKind.GROUP): (W, W, F, W, F),
    (Surface.LIST, RoomKind.GROUP): (W, W, W, W, W),
    (Surface.EXPORT, RoomKind.GROUP): (W, F, F, F, F),
    (Surface.MESSAGE, RoomKind.PRIVATE): (W, W, N, N, N),
    (Surface.PAGE, RoomKind.PRIVATE): (W, W, W, W, W),
    (Surface.REPLY, RoomKind.PRIVATE): (W, W, W, W, W),
    (Surface.LIST, RoomKind.PRIVATE): (W, W, W, W, W),
    (Surface.EXPORT, RoomKind.PRIVATE): (W, F, F, F, F),
    (Surface.SIGN, RoomKind.GROUP): (W, W, N, W, N),
    (Surface.SIGN, RoomKind.PRIVATE): (W, W, W, W, W),
}


@pytest.mark.parametrize(("surface", "kind"), TRUTH)
def test_every_cell_of_the_table_is_as_promised(surface: Surface, kind: RoomKind) -> None:
    assert tuple(sight(surface, one, kind=kind) for one in BONDS) == TRUTH[surface, kind]


def test_the_table_has_every_combination() -> None:
    assert len(TABLE) == len(TRUTH) * len(BONDS)


@pytest.mark.parametrize("kind", RoomKind)
@pytest.mark.parametrize("surface", [Surface.PAGE, Surface.REPLY, Surface.LIST, Surface.SIGN])
def test_who_is_blocked_sees_what_they_saw_before(surface: Surface, kind: RoomKind) -> None:
    assert sight(surface, Bond.THEY_BLOCKED, kind=kind) is sight(surface, Bond.NONE, kind=kind)


def test_a_bond_is_one_of_five() -> None:
    facts = {
        (own, mine, theirs): bond(is_own=own, i_blocked=mine, they_blocked=theirs)
        for own in (True, False)
        for mine in (True, False)
        for theirs in (True, False)
    }
    assert {found for (own, _, _), found in facts.items() if own} == {Bond.OWN}
    assert facts[False, False, False] is Bond.NONE
    assert facts[False, True, False] is Bond.I_BLOCKED
    assert facts[False, False, True] is Bond.THEY_BLOCKED
    assert facts[False, True, True] is Bond.BOTH
