"""docs/protocol.asyncapi.json is what the frames are, and points nowhere that there is not."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from api.dependencies import COOKIE
from chat import asyncapi, frames

PAGE = Path(__file__).parents[2] / "docs" / "protocol.asyncapi.json"


def _refs(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref":
                yield value
            else:
                yield from _refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _refs(value)


def test_the_document_is_made_from_the_frames() -> None:
    assert PAGE.read_text("utf-8") == asyncapi.written(), "python -m chat.asyncapi writes it anew"


def test_every_frame_is_in_one_operation_and_every_pointer_leads_somewhere() -> None:
    document = json.loads(PAGE.read_text("utf-8"))
    for union, operation in ((frames.Client, "listen_and_say"), (frames.Server, "tell")):
        tags = {kind.__struct_config__.tag for kind in get_args(union)}
        told = document["operations"][operation]["messages"]
        assert {one["$ref"].rpartition("/")[2] for one in told} == tags
    for ref in _refs(document):
        node = document
        for part in ref.removeprefix("#/").split("/"):
            node = node[part]
        assert node, ref


def test_the_cookie_it_names_is_the_one_we_set() -> None:
    assert asyncapi.document()["components"]["securitySchemes"]["cookie"]["name"] == COOKIE


def test_a_client_may_send_nothing_but_what_the_document_names() -> None:
    schemas = asyncapi.document()["components"]["schemas"]
    for kind in get_args(frames.Client):
        told = schemas[kind.__name__]
        assert told["additionalProperties"] is False
        assert set(told["properties"]) == {"type", *kind.__struct_fields__}
