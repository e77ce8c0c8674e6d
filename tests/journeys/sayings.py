"""Sentences that people say in the stories: the rulebook's own examples, each in another voice."""

from importlib import resources

from core.safety import Category, Context, Tier
from moderation import rulebooks
from moderation.safety_words import SafetyWords
from moderation.screening import RulesScreening

RULES = rulebooks.shipped().rules


def _distress(tier: Tier) -> list[str]:
    """Distress of that tier, and nothing else besides."""
    screening = RulesScreening()
    own = [rule for rule in RULES if (rule.category, rule.tier) == (Category.DISTRESS, tier)]
    said = [example for rule in own for example in rule.matches]
    verdicts = {words: screening.screen(words, Context()) for words in said}
    wanted = (tier, {Category.DISTRESS})
    return [words for words in said if (verdicts[words].tier, verdicts[words].categories) == wanted]


HARD, QUIETER = _distress(Tier.NOW), _distress(Tier.SOON)
ABUSE = next(rule for rule in RULES if rule.id == "harassment.insult").matches[0]
SAFETY = resources.files("people").joinpath("defaults", "safety_words.json").read_text("utf-8")
# What the full help card asks, and the quiet line doesn't.
QUESTION = SafetyWords.model_validate_json(SAFETY).wording(is_easy_read=False).help_card.question
