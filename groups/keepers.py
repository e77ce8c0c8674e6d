"""Who keeps a group up: whoever looks after it, or all of its people where it is "just us".

A group that is just us has nobody in charge and no forms (promise 39). Its people see who waits,
say yes to them, and write its card, line and agreement together. None of them can quiet another or
send them away: that stays with the team, whom anybody can tell.
"""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from core.sentences import say
from groups import stays
from groups.cards import Group
from people.permissions import Act, Actor, allows, require

JUST_US: Final = say(
    "Just us: nobody in particular looks after it. Its people let others in and decide together."
    " People from the team look when somebody tells them, or may come to harm."
)


async def keeps(session: AsyncSession, actor: Actor, group: Group) -> bool:
    """Tell whether the actor keeps this group up."""
    if not group.is_just_us or not allows(actor, Act.TAKE_PART):
        return allows(actor, Act.LEAD_GROUP, group)
    return await stays.here(session, group.id, actor.account_id) is not None


async def require_keeper(session: AsyncSession, actor: Actor, group: Group) -> None:
    """Let nobody pass who doesn't keep this group up.

    Raises:
        Forbidden: they don't.
    """
    if not await keeps(session, actor, group):
        require(actor, Act.LEAD_GROUP, group)
