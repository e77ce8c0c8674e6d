"""The live protocol as an AsyncAPI 3 document, made from the frames.

`python -m chat.asyncapi > docs/protocol.asyncapi.json` writes it anew; `docs/protocol.md`
explains it.
"""

import json
import sys
from typing import Any, Final, get_args

import msgspec

from chat import frames

ADDRESS: Final = "/api/v1/live"
_REF: Final = "#/components/schemas/{name}"


def document() -> dict[str, Any]:
    """Return the whole document, as plain JSON values."""
    asked, told = _kinds(frames.Client), _kinds(frames.Server)
    _, schemas = msgspec.json.schema_components([*asked, *told], ref_template=_REF)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Been There: the live connection",
            "version": "1",
            "description": "Frames are JSON text, one per WebSocket message, told by `type`.",
        },
        "defaultContentType": "application/json",
        "channels": {"live": _channel([*asked, *told])},
        "operations": {
            "listen_and_say": _operation("receive", asked),
            "tell": _operation("send", told),
        },
        "components": {
            "messages": {_tag(kind): _message(kind) for kind in [*asked, *told]},
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "httpApiKey", "in": "cookie", "name": "__Host-been-there"},
            },
        },
    }


def _kinds(union: Any) -> list[type[msgspec.Struct]]:
    return list(get_args(union))


def _tag(kind: type[msgspec.Struct]) -> str:
    return str(kind.__struct_config__.tag)


def _channel(kinds: list[type[msgspec.Struct]]) -> dict[str, Any]:
    known = {_tag(kind): {"$ref": f"#/components/messages/{_tag(kind)}"} for kind in kinds}
    return {"address": ADDRESS, "messages": known, "bindings": {"ws": {"method": "GET"}}}


def _operation(action: str, kinds: list[type[msgspec.Struct]]) -> dict[str, Any]:
    """Actions are the server's: what it receives, a client sends."""
    return {
        "action": action,
        "channel": {"$ref": "#/channels/live"},
        "messages": [{"$ref": f"#/channels/live/messages/{_tag(kind)}"} for kind in kinds],
        "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in _WAYS_IN],
    }


_WAYS_IN: Final = ("bearer", "cookie")


def _message(kind: type[msgspec.Struct]) -> dict[str, Any]:
    summary = (kind.__doc__ or "").strip()
    return {
        "name": _tag(kind),
        "summary": summary,
        "payload": {"$ref": _REF.format(name=kind.__name__)},
    }


def written() -> str:
    """Return the document as the file holds it."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(written())
