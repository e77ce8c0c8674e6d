"""`been-there screen`: the verdict on each line as it comes, in the same order."""

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, Any

import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from core.safety import Category, Context
from moderation import screening
from moderation.screening import RulesScreening


class Asked(BaseModel):
    """One line in: a text, and what its author said in the same talk just before, oldest first."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str | int
    text: str
    recent: list[str] = []


def run(file: Path | None) -> int:
    """Answer every line of a file, or of standard input; return how many could not be read."""
    judge, bad = screening.shipped(), 0
    with _opened(file) as lines:
        for number, line in enumerate(_counted(lines, file), 1):
            if not line.strip():
                continue
            try:
                asked = Asked.model_validate(json.loads(line))
            except (ValueError, RecursionError) as fault:
                bad += 1
                typer.echo(f"Line {number}: {_why(fault)}", err=True)
                continue
            # ASCII, so that half a surrogate that came in can go out.
            sys.stdout.write(json.dumps(answer(judge, asked)) + "\n")
            sys.stdout.flush()
    return bad


def answer(judge: RulesScreening, asked: Asked) -> dict[str, Any]:
    """Return one line out.

    `scores`: how sure the heads are, and where a rule of that category holds half as far from
    1.0; without heads a rule is 1.0 and anything else 0.0.
    """
    context = Context(recent=tuple(asked.recent))
    verdict = judge.screen(asked.text, context)
    found = judge.found(asked.text, context)
    sure = judge.sure(asked.text, context)
    return {
        "id": asked.id,
        "response": verdict.response.value,
        "tier": verdict.tier.value,
        "scores": {
            one.value: (1 + sure.get(one, 1.0)) / 2 if one in found else sure.get(one, 0.0)
            for one in Category
        },
        "folded": [list(span) for span in verdict.folded],
        "because": list(verdict.because),
    }


def _opened(file: Path | None) -> AbstractContextManager[IO[bytes]]:
    return nullcontext(sys.stdin.buffer) if file is None else file.open("rb")


def _counted(lines: IO[bytes], file: Path | None) -> Iterator[bytes]:
    """Yield lines that hold something, with a bar where a person waits for a file to be done."""
    if file is None or not sys.stderr.isatty() or sys.stdout.isatty():
        yield from iter(lines.readline, b"")
        return
    with typer.progressbar(length=file.stat().st_size, file=sys.stderr) as bar:
        for line in iter(lines.readline, b""):
            yield line
            bar.update(len(line))


def _why(fault: Exception) -> str:
    if not isinstance(fault, ValidationError):
        return "this is no JSON."
    first = fault.errors()[0]
    where = ".".join(map(str, first["loc"])) or "the line"
    return f"{where}: {first['msg']}."
