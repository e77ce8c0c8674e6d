"""Logs: one JSON object a line, kinds and ids, never anybody's words or names."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

import structlog


def configure(*, is_terminal: bool | None = None) -> None:
    """Send structured logs to standard error; readable on a terminal, JSON elsewhere."""
    pretty = sys.stderr.isatty() if is_terminal is None else is_terminal
    # Plain tracebacks: the pretty ones print local variables, and with them people's words.
    console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    last = console if pretty else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            last,
        ],
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    if not pretty:
        handler.setFormatter(Careful())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


class Careful(logging.Formatter):
    """Lines of the libraries as JSON: of a fault its kind and place, never what it says.

    What a fault says may hold what somebody wrote.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        said = {
            "event": "library", "logger": record.name, "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }  # fmt: skip
        fault = record.exc_info[1] if record.exc_info else None
        if fault is None:
            return json.dumps(said | {"words": record.getMessage()})
        places = traceback.extract_tb(fault.__traceback__)
        where = [f"{Path(one.filename).name}:{one.lineno}" for one in places[-3:]]
        return json.dumps(said | {"kind": type(fault).__name__, "where": where})
