"""A message's words and its content note are judged as one text. Pure but for `Safety`."""

import asyncio
from dataclasses import replace
from typing import Final

from chat.entries import FOLD
from core.safety import Context, Safety, Verdict

# Up to here judging takes less than the 5 ms a thread switch may cost (chat.md §1).
ON_THE_LOOP: Final = 500


async def judge(
    safety: Safety, text: str, note: str | None, context: Context
) -> tuple[Verdict, str | None]:
    """Return the verdict, its spans counted in `text`, and the note as peers may see it.

    Long texts are judged in a thread, so that other people's frames don't wait for them.
    """
    lead = f"{note}\n" if note else ""
    whole = lead + text
    if len(whole) <= ON_THE_LOOP:
        verdict = safety.screen(whole, context)
    else:
        verdict = await asyncio.to_thread(safety.screen, whole, context)
    return (verdict, note) if not lead or not verdict.folded else _apart(verdict, note, len(lead))


def _apart(verdict: Verdict, note: str | None, offset: int) -> tuple[Verdict, str | None]:
    """Move spans from the whole to the text; a note that they touch is folded as a whole."""
    is_note_touched = any(start < offset for start, _ in verdict.folded)
    folded = tuple(
        (max(0, start - offset), end - offset) for start, end in verdict.folded if end > offset
    )
    return replace(verdict, folded=folded), FOLD if is_note_touched else note
