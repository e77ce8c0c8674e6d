"""Who may do what, cell by cell: every act × standing × role, and whose thing it is."""

from dataclasses import dataclass
from itertools import product
from typing import Final
from uuid import UUID

import pytest

from core.errors import Forbidden, NotSignedIn
from people.permissions import Act, Actor, Grant, Role, Standing, allows, require

ME, SOMEBODY = UUID(int=1), UUID(int=2)
GROUP, ANOTHER_GROUP = UUID(int=3), UUID(int=4)


@dataclass(frozen=True)
class Thing:
    """Something of somebody's, and of a group."""

    account_id: UUID
    group_id: UUID


MINE: Final = Thing(ME, GROUP)
THINGS: Final = (MINE, Thing(SOMEBODY, GROUP), Thing(ME, ANOTHER_GROUP))
GRANTS: Final = (None, *(Grant(role) for role in Role), Grant(Role.FACILITATOR, GROUP))
# What a suspended account keeps (promise 19), and what is only for one's own things.
KEPT: Final = {Act.SEE_OWN, Act.CHANGE_OWN, Act.READ_ROOM}
OF_ONES_OWN: Final = {Act.READ_ROOM, Act.SEND}
# What takes one of these roles; everything else is for everybody.
ROLES: Final = {
    Act.OPEN_GROUP: {Role.ADMINISTRATOR},
    Act.INVITE: {Role.ADMINISTRATOR},
    Act.GRANT_ROLE: {Role.ADMINISTRATOR},
    Act.CONFIRM_ROLE: {Role.ADMINISTRATOR, Role.MODERATOR},
    Act.ISSUE_RECOVERY: {Role.ADMINISTRATOR},
    Act.LIST_PEOPLE: {Role.ADMINISTRATOR},
    Act.CHANGE_DOCUMENT: {Role.ADMINISTRATOR},
    Act.READ_AUDIT: {Role.ADMINISTRATOR},
    Act.SEE_QUEUE: {Role.MODERATOR},
    Act.DECIDE_CASE: {Role.MODERATOR},
    Act.LEAD_GROUP: {Role.FACILITATOR},
}


def _may(act: Act, standing: Standing, grant: Grant | None, thing: Thing) -> bool:
    if standing is Standing.ERASED or (standing is Standing.SUSPENDED and act not in KEPT):
        return False
    if act in OF_ONES_OWN:
        return thing.account_id == ME
    if act not in ROLES:
        return True
    if grant is None or grant.role not in ROLES[act]:
        return False
    return grant.scope_id is None or (act is Act.LEAD_GROUP and grant.scope_id == thing.group_id)


@pytest.mark.parametrize("act", Act)
def test_every_cell_of_the_table_is_as_it_reads(act: Act) -> None:
    for standing, grant, thing in product(Standing, GRANTS, THINGS):
        held = frozenset({grant} if grant else ())
        actor = Actor(ME, UUID(int=9), "Me", standing=standing, grants=held)
        assert allows(actor, act, thing) == _may(act, standing, grant, thing), (
            standing,
            grant,
            thing,
        )


def test_who_asks_gets_themselves_back_or_a_fault() -> None:
    me = Actor(ME, UUID(int=9), "Me")
    assert require(me, Act.SEND, MINE) is me
    with pytest.raises(Forbidden):
        require(me, Act.SEE_QUEUE)
    with pytest.raises(NotSignedIn):
        require(None, Act.SEE_OWN)
    assert not allows(None, Act.SEE_OWN)
