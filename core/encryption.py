"""Personal words are sealed at rest with AES-256-GCM; look-ups use a keyed blind index.

A sealed value is `v1|key_id|nonce|ciphertext`. The additional data binds it to its column and
row, so that bytes moved to another row or column do not open. `s1` holds a packed sentence of ours
instead of plain text, bound to that too: nobody's own words can pass for one.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from typing import Any, Final, Self, overload

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.sentences import Sentence, When, pack, unpack

VERSION: Final = b"v1"
SENTENCE: Final = b"s1"
NONCE_BYTES: Final = 12  # NIST SP 800-38D §5.2.1.1
KEY_BYTES: Final = 32


class SealBroken(Exception):
    """The bytes were altered, belong to another row, or their key is not in the ring."""


class KeyRing:
    """The keys that open sealed words; the first one seals new words."""

    def __init__(self, keys: Mapping[str, bytes], *, index_key: bytes) -> None:
        if not keys:
            raise ValueError("a key ring needs at least one key")
        for name, key in keys.items():
            if len(key) != KEY_BYTES or not name or "|" in name:
                raise ValueError(f"key {name!r} must be {KEY_BYTES} bytes and have a plain name")
        self.active = next(iter(keys))
        self._ciphers = {name.encode(): AESGCM(key) for name, key in keys.items()}
        self._index_key = index_key

    @classmethod
    def parse(
        cls, text: str, *, index_key: bytes, older: Mapping[str, bytes] | None = None
    ) -> Self:
        """Read `name:base64,name:base64`; the first is active. `older` ones open and never seal.

        Raises:
            ValueError: the text is not of that form or a key is not 32 bytes.
        """
        pairs = (part.strip().partition(":") for part in text.split(",") if part.strip())
        keys = {name: base64.b64decode(key) for name, _, key in pairs}
        if keys:
            # Theirs stays first, and counts where two have one name.
            keys = {**keys, **(older or {}), **keys}
        return cls(keys, index_key=index_key)

    def seal(self, place: str, text: str) -> bytes:
        """Seal `text` for `place` (`table.column:id`); a sentence stays one."""
        version = VERSION
        if isinstance(text, Sentence | When):
            version, text = SENTENCE, pack(text)
        key_id, nonce = self.active.encode(), os.urandom(NONCE_BYTES)
        # Lone surrogates are refused at the edges; here nothing may be lost or raised over them.
        words = text.encode("utf-8", "surrogatepass")
        sealed = self._ciphers[key_id].encrypt(nonce, words, _bound(version, place))
        return b"|".join((version, key_id, nonce, sealed))

    def open(self, place: str, sealed: bytes) -> str:
        """Open what `seal` made for the same place.

        Raises:
            SealBroken: see the class.
        """
        version, key_id, rest = sealed.split(b"|", 2)
        nonce, ciphertext = rest[:NONCE_BYTES], rest[NONCE_BYTES + 1 :]
        cipher = self._ciphers.get(key_id)
        if version not in {VERSION, SENTENCE} or cipher is None:
            raise SealBroken(f"no key {key_id!r} for {place}")
        try:
            words = cipher.decrypt(nonce, ciphertext, _bound(version, place))
        except InvalidTag:
            raise SealBroken(place) from None
        text = words.decode("utf-8", "surrogatepass")
        return unpack(text) if version == SENTENCE else text

    def blind(self, place: str, value: str) -> bytes:
        """Return 32 bytes that find `value` again in `place` without telling it."""
        return hmac.digest(self._index_key, f"{place}\0{value}".encode(), "sha256")


def _bound(version: bytes, place: str) -> bytes:
    return place.encode() if version == VERSION else version + b"|" + place.encode()


def derive(secret: str, purpose: str) -> bytes:
    """Return a 32-byte key for one purpose from the installation's secret."""
    return hashlib.blake2b(
        secret.encode()[:64], person=purpose.encode()[:16], digest_size=32
    ).digest()


class _Installed:
    ring: KeyRing | None = None


def install(ring: KeyRing) -> None:
    """Make `ring` the one this process seals and opens with."""
    _Installed.ring = ring


def ring() -> KeyRing:
    """Return the installed ring."""
    if _Installed.ring is None:
        raise RuntimeError("no key ring installed: beenthere.app.create_app does it")
    return _Installed.ring


class Sealed:
    """Text that lives sealed in a bytes column: assigning seals, reading opens.

    The row's id must be set before its words are: `Note(id=…, words=…)`.
    """

    def __init__(self, column: str, *, id_column: str = "id") -> None:
        self.column = column
        self.id_column = id_column

    def place(self, row: Any) -> str:
        """Return what the seal is bound to: `table.column:id`."""
        row_id = getattr(row, self.id_column)
        if row_id is None:
            raise RuntimeError(f"{type(row).__name__} needs its {self.id_column} before its words")
        return place(row.__tablename__, self.column, row_id)

    @overload
    def __get__(self, row: None, owner: type) -> Self: ...
    @overload
    def __get__(self, row: object, owner: type) -> str | None: ...
    def __get__(self, row: object | None, owner: type) -> Self | str | None:
        if row is None:
            return self
        sealed = getattr(row, self.column)
        return None if sealed is None else ring().open(self.place(row), sealed)

    def __set__(self, row: object, words: str | None) -> None:
        sealed = None if words is None else ring().seal(self.place(row), words)
        setattr(row, self.column, sealed)


def place(table: str, column: str, row_id: object) -> str:
    """Return the additional data for Core statements that seal by hand."""
    return f"{table}.{column}:{row_id}"
