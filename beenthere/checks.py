"""What `been-there doctor` looks at before people come (promise 42)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from beenthere import schema
from core import encryption
from core.clock import utc_now
from core.database import Database
from core.errors import NotFound, Unavailable
from core.sentences import say
from core.settings import DEFAULT_SECRET, EncoderName, Settings
from matching import encoders, text
from moderation import heads, models
from moderation.documents import CrisisDirectory
from people import audit, documents, notices, organisations, roles
from people.organisations import Organisation
from people.permissions import Role

REVIEWED_WITHIN: Final = timedelta(days=90)


class State(StrEnum):
    """How a check came out."""

    GOOD = "ok "
    TO_DO = "TO DO"
    UNKNOWN = "?  "


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, and what to do about it."""

    what: str
    words: str
    state: State

    @property
    def mark(self) -> str:
        """How the line begins."""
        return f"{self.state.value:<5}"

    @property
    def must_be_done(self) -> bool:
        """True when people should not be let in like this."""
        return self.state is State.TO_DO


def good(what: str, words: str) -> Finding:
    """Return a finding that needs nothing."""
    return Finding(what, words, State.GOOD)


def to_do(what: str, words: str) -> Finding:
    """Return a finding that somebody must do something about."""
    return Finding(what, words, State.TO_DO)


async def everything(settings: Settings | None = None) -> list[Finding]:
    """Look at all that can be looked at from here."""
    settings = settings or Settings()
    encryption.install(settings.key_ring())
    findings = [_secret(settings), _keys(settings), _tls(settings), _mail(settings)]
    findings.append(_encoder(settings))
    findings.append(_heads())
    database = Database(settings.database_url)
    try:
        findings += await _database(database, settings)
    finally:
        await database.close()
    return [*findings, *_not_looked_at()]


def _secret(settings: Settings) -> Finding:
    if settings.secret.get_secret_value() == DEFAULT_SECRET:
        return to_do("secret", "set BEEN_THERE_SECRET to 32 or more characters of your own")
    return good("secret", "your own")


def _keys(settings: Settings) -> Finding:
    if not settings.keys.get_secret_value():
        return to_do("keys", "set BEEN_THERE_KEYS, and keep a copy in a second place")
    return good("keys", f"sealing with {settings.key_ring().active!r}; is a copy kept elsewhere?")


def _tls(settings: Settings) -> Finding:
    if not settings.is_https:
        return to_do("TLS", "BEEN_THERE_PUBLIC_URL is not https: this machine only")
    return good("TLS", settings.public_url)


def _mail(settings: Settings) -> Finding:
    if not settings.mail_url.get_secret_value():
        return Finding("mail", "not set up: notices show on pages only", State.UNKNOWN)
    return Finding("mail", "set up; whether it arrives was not tried", State.UNKNOWN)


def _encoder(settings: Settings) -> Finding:
    if settings.encoder is EncoderName.HASHED:
        return good("encoder", f"{text.HASHED.name}, as set by BEEN_THERE_ENCODER")
    encoders.choose(settings.encoder)
    name = encoders.load().name
    if fault := encoders.fault():
        words = f"{name} stands in, which understands less: {fault}"
        return Finding("encoder", words, State.UNKNOWN)
    return good("encoder", f"{name}, its files are the ones that were chosen")


def _heads() -> Finding:
    try:
        found = models.shipped()
    except heads.Broken as fault:
        return to_do("screening", f"{fault}: rules alone look at what people write")
    if found is None:
        return to_do("screening", "the model is missing: rules alone look at what people write")
    return good("screening", f"{len(found.categories)} heads, the ones their card describes")


async def _database(database: Database, settings: Settings) -> list[Finding]:
    file = settings.database_file
    if file is not None and not file.exists():
        # Looking must not make one.
        return [to_do("database", f"{file} is not there yet: run `been-there setup`")]
    try:
        if not await schema.is_current(settings.database_url):
            return [to_do("database", "run `been-there migrate`")]
        async with database.reading(all_organisations=True) as session:
            found = await organisations.everyone(session)
    except Unavailable:
        return [to_do("database", "it can't be reached: see BEEN_THERE_DATABASE_URL")]
    findings = [good("database", "reached, at the newest version")]
    if not found:
        findings.append(to_do("organisation", "there is none yet: run `been-there setup`"))
    for organisation in found:
        async with database.reading(organisation.id) as session:
            findings += await _organisation(session, organisation)
    return findings


async def _organisation(session: AsyncSession, organisation: Organisation) -> list[Finding]:
    broken = await audit.verify(session, organisation.id)
    chain = to_do("audit", f"entry {broken.seq}: {broken.why}") if broken else None
    return [
        chain or good("audit", "the chain holds"),
        await _appointed(session, Role.ADMINISTRATOR),
        await _appointed(session, Role.MODERATOR),
        await _directory(session, utc_now()),
        *await _letters(session),
    ]


async def _appointed(session: AsyncSession, role: Role) -> Finding:
    holders = await roles.holders(session, role)
    if not holders:
        return to_do(role.value, "nobody has this role")
    return good(role.value, f"{len(holders)} appointed")


async def _directory(session: AsyncSession, now: datetime) -> Finding:
    directory = await documents.current(session, CrisisDirectory)
    stale = [
        service.name
        for region in directory.regions
        for service in region.services
        if service.last_reviewed is None or now.date() - service.last_reviewed > REVIEWED_WITHIN
    ]
    if stale:
        words = f"{len(stale)} services were not reviewed within 90 days, such as {stale[0]}"
        return to_do("crisis directory", words)
    return good("crisis directory", "reviewed within 90 days")


async def _letters(session: AsyncSession) -> list[Finding]:
    held_up = await notices.held_up(session)
    if held_up.since is None:
        return []
    words = (
        f"{held_up.letters} wait since {held_up.since:%Y-%m-%d %H:%M} UTC: is the mail server"
        " running? Nothing is lost"
    )
    return [to_do("letters", words)]


def _not_looked_at() -> list[Finding]:
    return [
        Finding("pages", "whether a page wakes somebody can't be looked at yet", State.UNKNOWN),
        Finding("restore", "whether a backup was restored once is not recorded yet", State.UNKNOWN),
    ]


async def verify_audit(settings: Settings | None = None) -> list[str]:
    """Return a sentence for every chain that no longer holds.

    Raises:
        NotFound: there is no database, and looking must not make one.
    """
    settings = settings or Settings()
    file = settings.database_file
    if file is not None and not file.exists():
        raise NotFound(say("%(file)s is not there yet: run `been-there setup`.", file=str(file)))
    encryption.install(settings.key_ring())
    database = Database(settings.database_url)
    try:
        async with database.reading(all_organisations=True) as session:
            chains = [
                (organisation.name, await audit.verify(session, organisation.id))
                for organisation in await organisations.everyone(session)
            ]
    finally:
        await database.close()
    return [f"{name}: entry {found.seq}: {found.why}" for name, found in chains if found]
