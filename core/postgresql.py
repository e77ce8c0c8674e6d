"""PostgreSQL: whether a connection that rested is still there, asked only when it rested.

SQLAlchemy's `pool_pre_ping` asks before every use. With asyncpg that is three journeys to the
server (begin, nothing, roll back), as many as a session of one statement makes for itself.
"""

import time
from typing import Any, Final

from sqlalchemy import Engine, event, exc

# A server that ended a connection says so, and the driver knows. What is asked after is the wire
# between: a firewall forgets quiet connections after minutes, a machine may lose its power.
RESTED_SECONDS: Final = 5.0


def look_before_use(engine: Engine) -> None:
    """Let nobody have a connection whose server is gone; a fresh one is made in its place."""

    @event.listens_for(engine, "checkin")
    def _given_back(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _taken(connection: Any, record: Any, _proxy: object) -> None:
        since = record.info.get("rests_since")
        if since is None:
            return
        has_rested = time.monotonic() - since > RESTED_SECONDS
        if connection.driver_connection.is_closed() or (
            has_rested and not _answers(engine, connection)
        ):
            # All that were made before are looked upon as gone: a server takes them together.
            raise exc.InvalidatePoolError


def _answers(engine: Engine, connection: Any) -> bool:
    try:
        return engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        return False
