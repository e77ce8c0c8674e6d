"""How fast live talk is, beside the disk, SQLite and asyncio themselves, in one run.

    python -m benchmarks.chat [--seconds 2]

Engine profile: screening is the rules stage only. SQLite on the disk of the temporary folder,
WAL, synchronous FULL. Ratios hold from machine to machine, absolutes don't. A table is printed,
and the figures as JSON on the last line.
"""

import argparse
import asyncio
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import uvloop

from benchmarks import chat_load
from benchmarks.chat_load import Counting, Light
from core.safety import Context
from moderation.screening import RulesScreening

TEXT: Final = "I've been near there too. What helped me was walking to the sea, slowly. "
IN_FLIGHT: Final = 256
LIGHT_PER_SECOND: Final = 50
SHAPES: Final = (
    ("rooms_of_100_saturated", 2, 100, None),
    ("rooms_of_10_saturated", 20, 10, None),
    ("rooms_of_100_at_200", 2, 100, 200.0),
)
NOT_MEASURED: Final = (
    "product profile (full screening)",
    "PostgreSQL, several processes and hosts",
    "python-socketio, Channels and plain FastAPI on the same load",
    "idle connections per GiB at 10 000",
    "10^6 deliveries per fault (tests/chat holds each fault at small counts)",
    "5 000 clients reconnecting at once",
    "permessage-deflate (off), TLS",
)
Figures = dict[str, float]


def percentile(values: list[float], share: float) -> float:
    """Return the value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def durable(folder: Path, seconds: float) -> Figures:
    """Messages per second through screening, sealing and commit; beside bare executemany."""
    database, organisation_id = await chat_load.prepare(folder)
    room, members = await chat_load.room_of(database, organisation_id, 100)
    engine = chat_load.engine_on(database)
    await engine.start()
    end = time.monotonic() + seconds

    async def _talk(number: int) -> None:
        actor = members[number % len(members)][0]
        while time.monotonic() < end:
            await engine.send(actor, room, uuid4().hex, TEXT)

    began, cpu = time.monotonic(), time.process_time()
    await asyncio.gather(*(_talk(number) for number in range(IN_FLIGHT)))
    took, spent = time.monotonic() - began, time.process_time() - cpu
    stored, batches = engine.writer.stored, engine.writer.batches
    await engine.stop()
    await database.close()
    file = Path(str(database.url.database))
    raw_per_second = _executemany(file, folder, round(stored / batches))
    return {
        "durable_per_second": stored / took,
        "durable_ratio_to_executemany": stored / took / raw_per_second,
        "executemany_per_second": raw_per_second,
        "batch_fill_of_in_flight": stored / batches / IN_FLIGHT,
        "cpu_us_per_message": spent / stored * 1e6,
    }


def _executemany(source: Path, folder: Path, batch: int) -> float:
    """Write the very same rows, in batches of that size, with sqlite3 alone."""
    old = sqlite3.connect(source)
    rows = old.execute("SELECT * FROM room_event").fetchall()
    made = old.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'room_event'").fetchall()
    old.close()
    new = sqlite3.connect(folder / f"{uuid4().hex}.db", isolation_level=None)
    new.execute("PRAGMA journal_mode=WAL")
    new.execute("PRAGMA synchronous=FULL")
    for (statement,) in made:
        if statement:
            new.execute(statement)
    insert = f"INSERT INTO room_event VALUES ({','.join('?' * len(rows[0]))})"
    began = time.monotonic()
    for start in range(0, len(rows), batch):
        new.execute("BEGIN IMMEDIATE")
        new.executemany(insert, rows[start : start + batch])
        new.execute("COMMIT")
    took = time.monotonic() - began
    new.close()
    return len(rows) / took


def fdatasync(folder: Path, seconds: float) -> list[float]:
    """Seconds that writing 4 KiB and fdatasync take, at the same pace as the light load."""
    times: list[float] = []
    with (folder / "sync").open("wb", buffering=0) as file:
        for _ in range(int(seconds * LIGHT_PER_SECOND)):
            began = time.perf_counter()
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
            time.sleep(max(0.0, 1 / LIGHT_PER_SECOND - times[-1]))
    return times


@contextmanager
def process(*arguments: object) -> Iterator["subprocess.Popen[str]"]:
    """Run `benchmarks.chat_load` beside this one; closing its input ends it."""
    command = [sys.executable, "-m", "benchmarks.chat_load", *map(str, arguments)]
    running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield running
    finally:
        running.terminate()
        running.wait()


def _read(running: "subprocess.Popen[str]") -> dict[str, Any]:
    assert running.stdout is not None
    found: dict[str, Any] = json.loads(running.stdout.readline())
    return found


def _facts(running: "subprocess.Popen[str]") -> dict[str, Any]:
    assert running.stdin is not None
    running.stdin.write("\n")
    running.stdin.flush()
    return _read(running)


async def _clients(told: dict[str, Any]) -> list[Light]:
    loop = asyncio.get_running_loop()
    clients: list[Light] = []
    for room in told["rooms"]:
        for token in room["tokens"]:
            made = partial(Light, room["room"], room["cursor"], token)
            _, client = await loop.create_connection(made, "127.0.0.1", told["port"])
            clients.append(client)
    await asyncio.gather(*(client.welcomed for client in clients))
    return clients


async def deliveries(
    folder: Path, seconds: float, *, rooms: int, size: int, per_second: float | None
) -> Figures:
    """Deliveries per core-second of the server; saturated when `per_second` is None.

    Saturated, every member keeps one message in flight. Everyone has said one thing before.
    """
    with process("serve", folder, rooms, size) as running:
        clients = await _clients(_read(running))
        for client in clients:
            client.say("Hello.")
        await asyncio.sleep(2)
        _forget(clients)
        before = _facts(running)
        if per_second is None:
            await _saturate(clients, seconds)
        else:
            await _pace(clients, seconds, per_second)
        await _quiet(clients)
        after = _facts(running)
        delivered = sum(client.frames for client in clients)
        waits = [wait for client in clients for wait in client.waits]
        return {
            "deliveries_per_core_second": delivered
            / (after["cpu_seconds"] - before["cpu_seconds"]),
            "bytes": sum(client.bytes for client in clients) / max(1, delivered),
            "messages_per_second": (after["stored"] - before["stored"]) / seconds,
            "ack_p50_ms": percentile(waits, 0.5) * 1e3,
            "ack_p99_ms": percentile(waits, 0.99) * 1e3,
            "gaps_or_doubles": sum(client.faults for client in clients),
            "unanswered": float(sum(len(client.sent) for client in clients)),
            "rooms_not_of_one_order": float(
                len({(client.room, client.order) for client in clients}) - rooms
            ),
            "undelivered": (after["stored"] - before["stored"]) * size - delivered,
        }


async def _quiet(clients: list[Light]) -> None:
    """Wait until everything is answered and nothing more comes: what then lacks is lost."""
    before = -1
    while before != (now := sum(client.frames for client in clients)):
        before = now
        await asyncio.sleep(0.5)


def _forget(clients: list[Light]) -> None:
    for client in clients:
        client.frames = client.bytes = 0
        client.waits.clear()


async def _saturate(clients: list[Light], seconds: float) -> None:
    end = time.monotonic() + seconds

    def _again(client: Light) -> None:
        if time.monotonic() < end:
            client.say(TEXT)

    for client in clients:
        client.on_sent = partial(_again, client)
        client.say(TEXT)
    await asyncio.sleep(seconds)


async def _pace(clients: list[Light], seconds: float, per_second: float) -> None:
    """Open loop: a message is sent when it is due, however long the last one takes."""
    began = time.monotonic()
    for number in range(int(seconds * per_second)):
        await asyncio.sleep(max(0.0, began + number / per_second - time.monotonic()))
        clients[number % len(clients)].say(TEXT)


async def raw_deliveries(listeners: int, size: int, seconds: float) -> float:
    """Deliveries per core-second of a bare asyncio.Protocol on uvloop, one write each."""
    with process("raw", listeners, size, seconds) as running:
        port, loop = _read(running)["port"], asyncio.get_running_loop()
        for _ in range(listeners):
            await loop.create_connection(Counting, "127.0.0.1", port)
        found = await asyncio.to_thread(_read, running)
        return float(found["deliveries"] / found["cpu_seconds"])


def screening_us() -> float:
    """Median microseconds of the rules stage on the benchmark's text."""
    screening, times = RulesScreening(), []
    for _ in range(300):
        began = time.perf_counter()
        screening.screen(TEXT, Context())
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e6


async def measure(seconds: float) -> dict[str, Figures]:
    """Take every figure, one after the other, on an otherwise idle machine."""
    with tempfile.TemporaryDirectory(prefix="bt-bench-") as name:
        folder = Path(name)
        found = {"durable": await durable(folder, seconds)}
        found["durable"]["screening_us"] = screening_us()
        syncs = fdatasync(folder, seconds)
        light = await deliveries(folder, seconds, rooms=1, size=2, per_second=LIGHT_PER_SECOND)
        for share, key in ((0.5, "p50"), (0.99, "p99")):
            sync_ms = percentile(syncs, share) * 1e3
            light[f"fdatasync_{key}_ms"] = sync_ms
            light[f"ack_{key}_ratio_to_fdatasync"] = light[f"ack_{key}_ms"] / sync_ms
        found["light"] = light
        for title, rooms, size, per_second in SHAPES:
            found[title] = await deliveries(
                folder, seconds, rooms=rooms, size=size, per_second=per_second
            )
        bytes_each = round(found["rooms_of_100_saturated"]["bytes"])
        ceiling = await raw_deliveries(200, bytes_each, seconds)
        for figures in found.values():
            if "deliveries_per_core_second" in figures:
                figures["ratio_to_raw"] = figures["deliveries_per_core_second"] / ceiling
        found["raw"] = {"deliveries_per_core_second": ceiling, "bytes": float(bytes_each)}
    return found


def main() -> None:
    """Print the table, what was not measured, and the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="per figure")
    found = uvloop.run(measure(parser.parse_args().seconds))
    for title, figures in found.items():
        print(f"\n{title}")
        for name, value in figures.items():
            print(f"  {name:<34}{value:>14,.2f}")
    print("\nnot measured: " + "; ".join(NOT_MEASURED))
    print(json.dumps({"profile": "engine", **found, "not_measured": NOT_MEASURED}))


if __name__ == "__main__":
    main()
