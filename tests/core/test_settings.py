"""An unsafe installation does not start."""

import pytest
from pydantic import ValidationError

from core.settings import Environment, Settings

OWN = "a-secret-of-our-own-with-40-characters-x"
SAFE = {
    "environment": Environment.PRODUCTION,
    "secret": OWN,
    "public_url": "https://talk.example.org",
}


def _settings(**values: object) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[arg-type] # values vary on purpose


def test_a_safe_production_starts() -> None:
    settings = _settings(**SAFE)
    assert settings.is_https
    assert settings.origin == "https://talk.example.org"


@pytest.mark.parametrize(
    "unsafe",
    [
        {"secret": "only-for-development-and-tests"},
        {"secret": "short"},
        {"public_url": "http://talk.example.org"},
        {"public_url": "http://127.0.0.1:8000"},
        {"public_url": "https://*"},
        {"extra_hosts": ("*",)},
        {"public_url": "not an address"},
    ],
)
def test_production_refuses_what_is_unsafe(unsafe: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        _settings(**(SAFE | unsafe))


@pytest.mark.parametrize("url", ["http://192.168.0.4:8000", "http://talk.local"])
def test_plain_http_is_for_this_machine_only(url: str) -> None:
    with pytest.raises(ValidationError):
        _settings(public_url=url)


def test_a_secret_is_not_shown_when_settings_are_printed() -> None:
    assert OWN not in repr(_settings(**SAFE))
