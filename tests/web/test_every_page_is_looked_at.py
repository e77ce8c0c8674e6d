"""Every page there is stands in the list that the browser tests and the pictures go through."""

from typing import Final

from fastapi.routing import APIRoute

from tests.browser.sights import SIGHTS
from web import pages

# Pages that are in no sight, and why.
ELSEWHERE: Final = {
    "/first-run": "there is none once somebody is there; test_first_day.py begins with it",
    "/o/{organisation}": "the page of / for one of several organisations",
    "/o/{organisation}/join": "the page of /join",
    "/o/{organisation}/decision": "the page of /decision",
    "/o/{organisation}/tell-us/invitation": "the page of /tell-us/invitation",
    "/o/{organisation}/sign-in": "the page of /sign-in",
    "/o/{organisation}/recover": "the page of /recover",
    "/o/{organisation}/what-helped": "the page of /what-helped",
}


def _pages() -> set[str]:
    return {
        route.path
        for router in pages.ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in route.methods
    }


def test_every_page_is_in_a_sight_or_is_left_out_for_a_reason() -> None:
    assert _pages() - {sight.route for sight in SIGHTS} == set(ELSEWHERE)


def test_no_two_sights_have_one_name() -> None:
    names = [sight.name for sight in SIGHTS]
    assert sorted(names) == sorted(set(names))
