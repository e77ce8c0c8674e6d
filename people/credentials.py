"""Secrets people hold: passwords, sign-in tokens, recovery words, invitation codes.

Hashing a password takes about a third of a second of CPU: it is done in a thread, and never
inside a unit of work.
"""

import functools
import hashlib
import secrets
from typing import Final

import anyio
import anyio.to_thread
from pwdlib import PasswordHash
from zxcvbn import zxcvbn

from core import limits
from core.errors import Invalid
from core.sentences import say

MINIMUM_PASSWORD: Final = 10  # ASVS 5.0 V6.2.1 asks for 8; 15 without a second factor is advice
WEAK_BELOW: Final = 2  # zxcvbn: 0–1 fall to an online attack that is throttled
ALPHABET: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # nothing that looks like something else
# RFC 9106 §4: each takes 64 MiB. Strangers who try many names at once wait for each other, and
# neither fill the memory nor take every thread that pages need.
HASHED_AT_ONCE: Final = 4
_hasher = PasswordHash.recommended()
_turn = anyio.CapacityLimiter(HASHED_AT_ONCE)


@functools.cache
def _nobodys() -> str:
    """A hash to check when there is no such account, so that answering takes the same time.

    Made when it is first wanted: a command that checks no password doesn't wait for it.
    """
    return _hasher.hash(secrets.token_urlsafe(16))


async def hash_password(password: str) -> str:
    """Return an argon2id hash. Call it outside any session."""
    return await anyio.to_thread.run_sync(_hasher.hash, password, limiter=_turn)


async def matches(password: str, password_hash: str | None) -> bool:
    """Tell whether the password fits, in the same time when there is no hash to fit."""
    fits = await anyio.to_thread.run_sync(_fits, password, password_hash, limiter=_turn)
    return fits and password_hash is not None


def _fits(password: str, password_hash: str | None) -> bool:
    return _hasher.verify(password, password_hash or _nobodys())


async def check_strength(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Refuse a password that is short or that others would guess, saying how to better it.

    Raises:
        Invalid: with advice in plain words.
    """
    if len(password) < MINIMUM_PASSWORD:
        raise Invalid(
            say(
                "Please use at least %(least)s characters. Three or four words that don't"
                " belong together are easy to remember.",
                least=MINIMUM_PASSWORD,
            ),
            field="password",
        )
    if len(password) > limits.PASSWORD_CHARACTERS:
        raise Invalid(
            say("Please use at most %(most)s characters.", most=limits.PASSWORD_CHARACTERS),
            field="password",
        )
    result = await anyio.to_thread.run_sync(lambda: zxcvbn(password[:72], user_inputs=list(about)))
    if result["score"] < WEAK_BELOW:
        raise Invalid(
            say(
                "That password is easy to guess. Three or four words that don't belong together"
                " are hard to guess and easy to remember."
            ),
            field="password",
        )


def new_token() -> str:
    """Return a sign-in token of 256 random bits."""
    return secrets.token_urlsafe(32)


def new_code(*, groups: int = 3) -> str:
    """Return a code people can copy by hand, like `K7QX-M2PA-9RTD` (about 19.6 bits a group)."""
    blocks = ("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(groups))
    return "-".join(blocks)


def plain_code(code: str) -> str:
    """Return a typed code in one form: case, spaces and dashes don't count."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def fingerprint(secret: str) -> bytes:
    """Return the SHA-256 of a long random secret, which is what the database keeps."""
    return hashlib.sha256(secret.encode()).digest()
