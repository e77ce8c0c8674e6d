"""What rules say of a text is the same in every process that runs them."""

import json
import os
import subprocess
import sys
from typing import Final

import pytest

from moderation import rulebooks
from moderation.screening import RulesScreening

# Python shuffles its sets anew in every process, by this number.
SHUFFLES: Final = ("1", "2")
ASK: Final = """
import json
from core.safety import Context
from moderation.screening import RulesScreening

screening = RulesScreening()
examples = [text for rule in screening.rulebook.rules for text in rule.matches]
texts = [". ".join(examples[at : at + 5]) for at in range(0, len(examples), 5)]
found = [screening.hits(text, Context()) for text in texts]
print(json.dumps([[(hit.rule.id, hit.start, hit.end) for hit in hits] for hits in found]))
"""


@pytest.fixture(scope="module")
def answers() -> list[list[object]]:
    asking = [
        subprocess.Popen(
            [sys.executable, "-c", ASK],
            env={**os.environ, "PYTHONHASHSEED": shuffle},
            stdout=subprocess.PIPE,
        )
        for shuffle in SHUFFLES
    ]
    told = [one.communicate(timeout=60)[0] for one in asking]
    return [json.loads(one) for one in told]


def test_every_process_finds_the_same_rules_in_the_same_places(
    answers: list[list[object]],
) -> None:
    one, other = answers
    assert len(one) > 100
    assert one == other


def test_once_prepared_the_first_text_waits_for_no_pattern() -> None:
    fresh = rulebooks.shipped.__wrapped__()
    patterns = [pattern for rule in fresh.rules for pattern in rule.patterns]
    assert not any(pattern.is_ready for pattern in patterns)
    RulesScreening(fresh).prepare()
    assert all(pattern.is_ready for pattern in patterns)
