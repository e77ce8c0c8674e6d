"""Logs: one JSON object a line, kinds and ids, never anybody's words or names."""

import logging
import sys

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
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
