"""What one confirms, shows and asks for on one's own pages, and that offers respect it."""

import pytest

from tests.journeys.town import Town

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
WORDS = "I hear voices, mostly on buses."


async def test_a_topic_is_proposed_from_own_words_and_only_ones_own_yes_counts(town: Town) -> None:
    wren = await town.resident("Wren")
    phone = wren.browser
    await phone.open("/about-me")
    await phone.press("Save", {"about": "My nan died in spring.", "experience-0-words": WORDS})
    document = (await wren.get("/profile"))["document"]
    assert [one["topic"] for one in document["experiences"]] == [""], "nothing is inferred"
    await phone.press("Yes, this is about hearing voices", {})
    document = (await wren.get("/profile"))["document"]
    assert [(one["topic"], one["words"]) for one in document["experiences"]] == [
        ("hearing voices", WORDS)
    ]
    assert "Yes, this is about" not in phone.text


async def test_a_topic_of_the_story_becomes_an_experience_when_one_says_so(town: Town) -> None:
    wren = await town.resident("Wren")
    await wren.browser.open("/about-me")
    await wren.browser.press("Save", {"about": WORDS})
    await wren.browser.press("I've lived this: hearing voices", {})
    [lived] = (await wren.get("/profile"))["document"]["experiences"]
    assert (lived["topic"], lived["weight"]) == ("hearing voices", "nice")


async def test_what_one_does_not_show_is_on_no_card_no_hello_and_in_no_reason(town: Town) -> None:
    wren, sam = await town.resident("Wren"), await town.resident("Sam")
    for who in (wren, sam):
        await who.browser.open("/about-me")
        told = {"about": "Lighthouses and marmalade.", "words_for_self": "night owl"}
        await who.browser.press("Save", told)
    assert "marmalade" in str((await wren.get("/offers"))["people"])
    await sam.browser.press("Save", {"shows": "nothing", "found": ["wants_alike"]})
    assert sam.browser.form("Save")[0].values["shows"] == ["nothing"]
    [card] = (await wren.get("/offers"))["people"]
    assert (card["about"], card["words_for_self"]) == ("", "")
    assert "marmalade" not in str(card)
    assert card["reasons"]
    assert "marmalade" not in await wren.browser.open(f"/hellos/new?to={sam.id}")
    assert "marmalade" not in await sam.browser.open("/about-me/as-others-see-me")
    await sam.post("/hellos", {"to": wren.id, "words": "Hello there."}, status=201)
    assert "marmalade" not in str(await wren.get("/hellos/received"))


async def test_whom_one_asks_to_see_first_comes_first_for_a_week_and_nobody_is_told(
    town: Town,
) -> None:
    wren = await town.resident("Wren")
    living = {"topic": "grief", "where": "living_it"}
    await _tell(wren, experiences=[living], interests=["choirs"])
    for name, where in (("Ada", "living_it"), ("Ben", "further_along")):
        other = await town.resident(name)
        await _tell(other, experiences=[{"topic": "grief", "where": where}])
    for leaning, name in (("living_it", "Ada"), ("further_along", "Ben")):
        await wren.browser.open("/offers")
        await wren.browser.press("Show me these first", {"leaning": leaning})
        offers = await wren.get("/offers")
        assert (offers["people"][0]["name"], offers["leaning"]) == (name, leaning)
        assert len(offers["people"]) == 2, "few are all shown, in another order"
    assert "someone further along than me" in wren.browser.text.lower()
    town.clock.pass_time(days=8)
    assert (await wren.get("/offers"))["leaning"] is None


async def test_whoever_was_put_aside_can_be_shown_again(town: Town) -> None:
    wren, sam = await town.resident("Wren"), await town.resident("Sam")
    await _tell(sam, interests=["choirs"])
    await wren.browser.open("/offers")
    await wren.browser.press("Not now")
    assert (await wren.get("/offers"))["people"] == []
    await wren.browser.open("/offers")
    await wren.browser.press("Show me again those I put aside")
    assert [one["name"] for one in (await wren.get("/offers"))["people"]] == ["Sam"]


async def _tell(who: object, **told: object) -> None:
    await who.put("/profile", {"version": 0, "document": told})  # type: ignore[attr-defined]
