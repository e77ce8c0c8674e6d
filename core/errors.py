"""Faults a person or a program can meet. Each names what happened and what to do next.

The outer packages turn them into RFC 9457 problem documents, socket frames or pages.
"""

from typing import ClassVar

from core.sentences import Sentence, say


class Problem(Exception):
    """A fault with an HTTP status, a code for machines and a sentence for people."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "problem"
    title: ClassVar[Sentence] = say("Something went wrong on our side.")
    # Whether it is over one day, so that the same may be tried again then.
    passes: ClassVar[bool] = False

    def __init__(self, detail: Sentence | None = None, **extra: object) -> None:
        self.detail = detail or self.title
        super().__init__(self.detail)
        self.extra = extra


class Invalid(Problem):
    """What was sent can't be used as it is."""

    status, code, title = 422, "invalid", say("We couldn't use what was sent.")


class NotSignedIn(Problem):
    """Nobody is signed in, or the sign-in has ended."""

    status, code, title = 401, "not_signed_in", say("Please sign in first.")


class Forbidden(Problem):
    """This account may not do this."""

    status, code, title = 403, "forbidden", say("You can't do this.")


class NotFound(Problem):
    """There is no such thing, or it is not for this account to know of."""

    status, code, title = 404, "not_found", say("We couldn't find that.")


class Conflict(Problem):
    """Somebody was there first, or the thing is in another state now."""

    status, code, title = 409, "conflict", say("Something changed in the meantime.")


class TooLarge(Problem):
    """More than the limits in `core.limits` allow."""

    status, code, title = 413, "too_large", say("That is more than we can take at once.")


class TooSlow(Problem):
    """A body that trickled in for longer than anyone may keep us waiting."""

    status, code = 408, "too_slow"
    title = say("That took too long to reach us. Please try again where the connection is better.")


class TooMany(Problem):
    """Too many tries; `retry_after` seconds say when the next one is welcome."""

    status, code, title = 429, "too_many", say("Please wait a little and try again.")

    def __init__(
        self, detail: Sentence | None = None, *, retry_after: int, **extra: object
    ) -> None:
        super().__init__(detail, **extra)
        self.retry_after = retry_after


class Unavailable(Problem):
    """The store can't be reached just now. Nothing was saved."""

    status, code = 503, "unavailable"
    title = say("We couldn't save that. Please try again in a moment.")
