"""Passwords hashed in a millisecond. What is shipped takes a third of a second each, on purpose."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from people import credentials

AS_SHIPPED: Final = credentials._hasher


def install() -> None:
    """Let this process hash quickly; tests/people/test_credentials.py looks at what is shipped."""
    credentials._hasher = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))


@contextmanager
def as_shipped() -> Iterator[None]:
    """Hash as it is shipped for a while."""
    quick, credentials._hasher = credentials._hasher, AS_SHIPPED
    # The one that nobody's password is held against is as slow as the rest.
    credentials._nobodys.cache_clear()
    try:
        yield
    finally:
        credentials._hasher = quick
        credentials._nobodys.cache_clear()
