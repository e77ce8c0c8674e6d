"""Passwords hashed in a millisecond. What is shipped takes a third of a second each, on purpose."""

from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from people import credentials

AS_SHIPPED: Final = credentials._hasher


def install() -> None:
    """Let this process hash quickly; tests/people/test_credentials.py looks at what is shipped."""
    credentials._hasher = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
