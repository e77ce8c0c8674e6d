"""The sign-in cookie: only this very host gets it back, and no script reads it."""

from fastapi.responses import Response

from api.dependencies import COOKIE
from people import sign_ins


def keep(response: Response, token: str) -> None:
    """Keep somebody signed in on this device, from now."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(sign_ins.LASTS.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )


def forget(response: Response) -> None:
    """Sign this device out."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
