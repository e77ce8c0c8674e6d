"""Ids made by the application, so that a row can be named before it is stored."""

import secrets
import time
from uuid import UUID, uuid4


def new_id() -> UUID:
    """Return a UUID version 7 (RFC 9562 §5.7): 48 bits of milliseconds, then 74 random bits.

    Sorts by the time it was made. Not for accounts, invitations or feeds: it tells their age.
    """
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def new_secret_id() -> UUID:
    """Return a UUID version 4, which tells nothing about when it was made."""
    return uuid4()
