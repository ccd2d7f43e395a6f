"""A small reverse proxy that answers 502 while the server behind it is away, as nginx does
(`python -m benchmarks.live_proxy PORT TARGET`). One request a connection."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys

AWAY = (
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 15\r\nConnection: close\r\n\r\n"
)
BODY = b"502 Bad Gateway"


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on what comes until it ends."""
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()


async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: int) -> None:
    """One connection of a browser."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        try:
            upstream, out = await asyncio.open_connection("127.0.0.1", target)
        except OSError:
            writer.write(AWAY + BODY)
            await writer.drain()
            return
        head = re.sub(rb"(?im)^connection:.*\r\n", b"", head)
        out.write(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        await out.drain()
        asking = asyncio.create_task(pipe(reader, out))
        try:
            await pipe(upstream, writer)
        finally:
            asking.cancel()
            out.close()
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
        pass  # somebody went away, or we stop
    finally:
        writer.close()


async def run(port: int, target: int) -> None:
    """Serve until standard input is closed."""
    server = await asyncio.start_server(lambda r, w: relay(r, w, target), "127.0.0.1", port)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), int(sys.argv[2])))
