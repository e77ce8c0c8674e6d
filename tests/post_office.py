"""A mail server on this machine that answers as a test wishes (RFC 5321, as little as works)."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message


@dataclass
class PostOffice:
    """What was handed in, and how it answers: by address, at the greeting, and after the words.

    An empty answer is none: it goes on reading and says nothing.
    """

    taken: list[Message] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answers: Mapping[str, str] = field(default_factory=dict)
    greeting: str = "220 here"
    after_words: str = "250 ok"
    is_mute: bool = False
    port: int = 0
    met: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one client until it says goodbye."""
        self.met.set()
        self._say(writer, self.greeting)
        while line := (await reader.readline()).decode().strip():
            word = line.upper()
            if word.startswith("DATA"):
                self._say(writer, "354 go on")
                body = await reader.readuntil(b"\r\n.\r\n")
                if self.after_words.startswith("2"):
                    self.taken.append(message_from_bytes(body[:-5]))
                self._say(writer, self.after_words)
            elif word.startswith("RCPT"):
                address = line.partition("<")[2].partition(">")[0]
                self.asked.append(address)
                self._say(writer, self.answers.get(address, "250 ok"))
            else:
                self._say(writer, "221 bye" if word.startswith("QUIT") else "250 ok")
        writer.close()

    def _say(self, writer: asyncio.StreamWriter, line: str) -> None:
        if line and not self.is_mute:
            writer.write(f"{line}\r\n".encode())


@asynccontextmanager
async def open_office(**how: str | bool | Mapping[str, str]) -> AsyncIterator[PostOffice]:
    """Open one on a free port; it is shut afterwards."""
    office = PostOffice(**how)  # type: ignore[arg-type]  # a test's own words
    server = await asyncio.start_server(office.serve, "127.0.0.1", 0)
    async with server:
        office.port = server.sockets[0].getsockname()[1]
        yield office
