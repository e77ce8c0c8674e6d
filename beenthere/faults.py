"""What a fault means to whoever typed a command: one sentence, and a number for scripts."""

from alembic.util.exc import CommandError
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, DBAPIError

from core.errors import Problem

# 1: it can't be done now; 2: what was typed or set can't be used.
CANT, UNUSABLE = 1, 2


def explain(fault: Exception) -> tuple[str, int] | None:
    """Return the sentence and the exit code; None for what nobody foresaw."""
    if isinstance(fault, Problem):
        return fault.detail, CANT
    if isinstance(fault, ValidationError):
        return _of_settings(fault), UNUSABLE
    if isinstance(fault, CommandError | ArgumentError | DBAPIError):
        return _of_database(fault), CANT
    if isinstance(fault, OSError):
        return f"{fault.strerror or fault}: {fault.filename or 'see your settings'}", CANT
    return (str(fault), UNUSABLE) if isinstance(fault, ValueError) else None


def _of_database(fault: CommandError | ArgumentError | DBAPIError) -> str:
    if isinstance(fault, CommandError):
        return (
            "This database was made by a newer Been There. Install that version, or set"
            " BEEN_THERE_DATABASE_URL to another database."
        )
    if isinstance(fault, ArgumentError):
        return "BEEN_THERE_DATABASE_URL can't be read. See docs/operating.md."
    said = str(fault.orig).partition("\n")[0]
    return f"The database can't be used ({said}): see BEEN_THERE_DATABASE_URL."


def _of_settings(fault: ValidationError) -> str:
    lines = []
    for error in fault.errors(include_url=False, include_input=False):
        where = ".".join(str(part) for part in error["loc"])
        said = error["msg"].removeprefix("Value error, ")
        lines.append(f"{where}: {said}" if where else said)
    return "\n".join(lines)
