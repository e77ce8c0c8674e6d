"""The one `Safety` that tests stand in for: it judges by a few words, and remembers."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from core.safety import (
    PLAIN_HOUSE,
    Category,
    Concern,
    Context,
    House,
    Mode,
    Response,
    Subject,
    Tier,
    Verdict,
)


@dataclass
class StandInSafety:
    """Judges by words in the text, and remembers what was flagged."""

    flags: list[tuple[Subject, Concern]] = field(default_factory=list)
    contexts: list[Context] = field(default_factory=list)
    poison: str = "\N{SKULL}"

    def screen(self, text: str, context: Context) -> Verdict:
        self.contexts.append(context)
        if "despair tonight" in text:
            return self._distress(Tier.NOW, text)
        if "despair" in text and context.notices_distress:
            return self._distress(Tier.SOON, text)
        if context.mode is Mode.CLOSE or "hold me back" in text:
            return Verdict(Response.HOLD, because=("threat: hold me back",))
        if "my number is" in text:
            contact = frozenset({Category.CONTACT})
            return Verdict(Response.ASK, because=("contact: a number",), categories=contact)
        return self._folding(text)

    def _distress(self, tier: Tier, text: str) -> Verdict:
        plain = self._folding(text)
        return Verdict(
            Response.DELIVER_WITH_HELP,
            tier,
            folded=plain.folded,
            because=("distress: despair",),
            categories=frozenset({Category.DISTRESS}) | plain.categories,
        )

    def _folding(self, text: str) -> Verdict:
        at = text.find("cruel")
        if at < 0:
            return Verdict()
        return Verdict(
            tier=Tier.ROUTINE,
            folded=((at, at + 5),),
            because=("harassment: cruel",),
            categories=frozenset({Category.HARASSMENT}),
        )

    async def house(self, session: AsyncSession) -> House:
        return PLAIN_HOUSE

    async def flag(self, session: AsyncSession, subject: Subject, concern: Concern) -> UUID:
        if self.poison in concern.words:
            raise RuntimeError("this row can't be stored")
        self.flags.append((subject, concern))
        return uuid4()
