"""A slow line between the browser and the server, which also counts the bytes that pass.

A browser's own throttling does not reach workers, where the calculator's files are fetched. Bytes
that pass through here are slowed down whoever asks for them.
"""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CHUNK = 8 * 1024
# So much that was not used the moment before may be used at once. Makes up for timers being late.
BURST_SECONDS = 0.02

# What is on its way along the line, and when it arrives; empty where the connection ends.
type _Underway = asyncio.Queue[tuple[float, bytes]]


@dataclass
class Line:
    """A line of `rate` bytes a second each way, and `round_trip` seconds there and back."""

    rate: float
    round_trip: float
    address: str = ""
    received: int = 0
    """Bytes that the browser has got: heads and bodies of answers, as sent."""
    _free: dict[str, float] = field(default_factory=lambda: {"up": 0.0, "down": 0.0})

    async def connect(
        self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Carry one connection of the browser to the server's port and back."""
        # The handshake of TCP goes there and back before anything can be asked for.
        await asyncio.sleep(self.round_trip)
        from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
        try:
            async with asyncio.TaskGroup() as tasks:
                for way, source, target in (
                    ("up", reader, to_server),
                    ("down", from_server, writer),
                ):
                    underway: _Underway = asyncio.Queue()
                    tasks.create_task(self._send(way, source, underway))
                    tasks.create_task(self._deliver(way, underway, target))
        except* ConnectionError:
            # The browser has been closed.
            pass
        finally:
            writer.close()
            to_server.close()

    async def _send(self, way: str, source: asyncio.StreamReader, underway: _Underway) -> None:
        now = asyncio.get_running_loop().time
        data = b"."
        while data:
            data = await source.read(CHUNK)
            # All connections share the line: each takes its turn.
            begins = max(self._free[way], now() - BURST_SECONDS)
            self._free[way] = begins + len(data) / self.rate
            await asyncio.sleep(self._free[way] - now())
            underway.put_nowait((now() + self.round_trip / 2, data))

    async def _deliver(self, way: str, underway: _Underway, target: asyncio.StreamWriter) -> None:
        now = asyncio.get_running_loop().time
        while True:
            arrives, data = await underway.get()
            await asyncio.sleep(arrives - now())
            if not data:
                break
            target.write(data)
            await target.drain()
            if way == "down":
                self.received += len(data)
        target.close()


@contextlib.contextmanager
def slow_line(address: str, rate: float, round_trip: float) -> Iterator[Line]:
    """A line to the server at an address, under an address of its own, while the block runs."""
    line = Line(rate, round_trip)
    port = urlsplit(address).port
    assert port is not None
    loop = asyncio.new_event_loop()
    listens, ends = threading.Event(), asyncio.Event()

    async def run() -> None:
        server = await asyncio.start_server(
            lambda reader, writer: line.connect(port, reader, writer), "127.0.0.1", 0
        )
        line.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        listens.set()
        await ends.wait()
        server.close()

    def thread() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(run())

    worker = threading.Thread(target=thread, daemon=True)
    worker.start()
    listens.wait()
    try:
        yield line
    finally:
        loop.call_soon_threadsafe(ends.set)
        worker.join()
