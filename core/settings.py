"""What an installation decides, read from `BEEN_THERE_*`. Production refuses unsafe values."""

import ipaddress
from enum import StrEnum
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core import encryption

DEFAULT_SECRET: Final = "only-for-development-and-tests"  # noqa: S105 - refused in production
SECRET_CHARACTERS: Final = 32
DRIVERS: Final = ("sqlite+aiosqlite:///", "postgresql+asyncpg://")


class Environment(StrEnum):
    """Where this process runs; production is the careful one."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"
    DEMO = "demo"


class EncoderName(StrEnum):
    """What own words are compared with (matching)."""

    MINILM = "minilm"
    HASHED = "hashed"


class Settings(BaseSettings):
    """One process's settings. `python -m beenthere doctor` explains each that is missing."""

    model_config = SettingsConfigDict(
        env_prefix="BEEN_THERE_",
        env_file=".env",
        extra="ignore",
        # Faults are printed and logged; what was set may be a secret.
        hide_input_in_errors=True,
    )

    environment: Environment = Environment.DEVELOPMENT
    database_url: str = "sqlite+aiosqlite:///been-there.db"
    # Signs nothing by itself: keys for blind indexes and the default seal are derived from it.
    secret: SecretStr = SecretStr(DEFAULT_SECRET)
    # `name:base64,name:base64`, 32 bytes each; the first seals. Empty: derived from the secret.
    keys: SecretStr = SecretStr("")
    public_url: str = "http://127.0.0.1:8000"
    extra_hosts: tuple[str, ...] = ()
    site_name: str = "Been There"
    # "qps" is a pretend language that shows which words were not wrapped for translation.
    language: str = "en"
    mail_url: SecretStr = SecretStr("")
    mail_from: str = ""
    # Whoever shows it is told figures under /metrics; without one there is no such page.
    metrics_token: SecretStr = SecretStr("")
    upkeep_every_seconds: float = 5.0
    # `minilm` needs about 250 MB of memory; `hashed` needs none and understands less.
    encoder: EncoderName = EncoderName.MINILM

    @model_validator(mode="after")
    def _refuse_unsafe(self) -> Self:
        host = self.host
        if not host or "*" in {host, *self.extra_hosts}:
            raise ValueError("BEEN_THERE_PUBLIC_URL must name one host, and no host may be *")
        if not self.database_url.startswith(DRIVERS):
            raise ValueError(f"BEEN_THERE_DATABASE_URL must begin with {' or '.join(DRIVERS)}")
        if not self.is_https and not is_loopback(host):
            # Browsers drop __Host- cookies on plain http elsewhere: nobody could sign in.
            raise ValueError("BEEN_THERE_PUBLIC_URL must be https, or http on this machine only")
        if self.environment is Environment.PRODUCTION:
            self._refuse_for_production()
        return self

    def _refuse_for_production(self) -> None:
        secret = self.secret.get_secret_value()
        if secret == DEFAULT_SECRET or len(secret) < SECRET_CHARACTERS:
            raise ValueError(
                f"BEEN_THERE_SECRET must be a secret of your own, {SECRET_CHARACTERS} characters"
                " or more, in production"
            )
        if not self.is_https:
            raise ValueError("BEEN_THERE_PUBLIC_URL must be https in production")

    @property
    def host(self) -> str:
        """The host name people reach the site by."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def is_https(self) -> bool:
        """True when people reach the site over TLS."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def origin(self) -> str:
        """The site's own origin, as browsers send it."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def database_file(self) -> Path | None:
        """The SQLite file, or None on PostgreSQL."""
        scheme, _, path = self.database_url.partition(":///")
        return Path(path) if scheme.startswith("sqlite") else None

    def key_ring(self) -> encryption.KeyRing:
        """Return the ring that seals personal words.

        Raises:
            ValueError: BEEN_THERE_KEYS is not of the form name:base64.
        """
        secret = self.secret.get_secret_value()
        index_key = encryption.derive(secret, "blind index")
        # Still there once keys are set: what was sealed before must open.
        first = {"k0": encryption.derive(secret, "seal")}
        if keys := self.keys.get_secret_value():
            return encryption.KeyRing.parse(keys, index_key=index_key, older=first)
        return encryption.KeyRing(first, index_key=index_key)


def is_loopback(host: str) -> bool:
    """Tell whether `host` is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
