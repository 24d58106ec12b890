"""Clients that send one POST after the other, each on a connection of its own, and cost next to nothing.

They share two cores with the server they measure: so one loop over plain sockets, and of each answer only
its first line is looked at while the clock runs.
"""

import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

PAUSE = 0.1  # seconds before a connection that was refused or broken is opened again
PATIENCE = 60  # seconds for answers that are on their way when the time is over


@dataclass
class Load:
    """What the clients sent and what came back."""

    kind: str
    seconds: float = 0
    client_cpu: float = 0  # seconds
    server_cpu: float = 0  # seconds
    database_cpu: float = 0  # seconds of PostgreSQL; SQLite's are the server's
    stored: dict[str, bytes] = field(default_factory=dict)  # by marker, the head of the answer
    answers: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)  # seconds for each answer


@dataclass(eq=False)
class Client:
    """One connection and the request it waits for. What got no answer is sent again, as a reader would."""

    number: int
    count: int = 0
    connection: socket.socket | None = None
    sent_at: float = 0
    answer: bytes = b""
    again_at: float = 0

    def is_answered(self) -> bool:
        head, end, body = self.answer.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        return bool(end) and len(body) >= int(length or 0)


class Clients:
    """A loop that keeps them all busy until the time is over: `end`, which may be put off meanwhile."""

    end: float

    def __init__(self, load: Load, clients: int, port: int, make: Callable[[str, int], bytes]):
        self.load, self.port, self.make = load, port, make
        self.clients = [Client(number) for number in range(clients)]
        self.selector = selectors.DefaultSelector()

    def run(self, seconds: float) -> Load:
        start, cpu = time.monotonic(), time.process_time()
        self.end = start + seconds
        while (now := time.monotonic()) < self.end:
            for client in self.clients:
                if client.connection is None and client.again_at <= now:
                    self.open(client)
            self.read()
        while any(client.sent_at for client in self.clients) and now < self.end + PATIENCE:
            self.read()
            now = time.monotonic()
        self.load.seconds = time.monotonic() - start
        self.load.client_cpu = time.process_time() - cpu
        for client in self.clients:
            if client.connection:
                client.connection.close()
        return self.load

    def open(self, client: Client) -> None:
        try:
            client.connection = socket.create_connection(("127.0.0.1", self.port))
        except OSError as error:
            self.lose(client, error)
        else:
            self.selector.register(client.connection, selectors.EVENT_READ, client)
            self.send(client)

    def send(self, client: Client) -> None:
        request = self.make(self.marker(client), client.number + client.count * 7)
        client.answer, client.sent_at = b"", time.monotonic()
        try:
            client.connection.sendall(request)
        except OSError as error:
            self.lose(client, error)

    def read(self) -> None:
        for key, _events in self.selector.select(timeout=PAUSE):
            client = key.data
            try:
                part = client.connection.recv(65_536)
            except OSError as error:
                self.lose(client, error)
                continue
            client.answer += part
            if not part:
                self.lose(client, ConnectionResetError())
            elif client.is_answered():
                self.note(client)
                if time.monotonic() < self.end:
                    self.send(client)

    def note(self, client: Client) -> None:
        self.load.waits.append(time.monotonic() - client.sent_at)
        status = client.answer[9:12].decode()
        self.load.answers[status] += 1
        if status == "303":
            self.load.stored[self.marker(client)] = client.answer
        client.count += 1
        client.sent_at = 0

    def lose(self, client: Client, error: OSError) -> None:
        """Note that no answer came, and try again in a moment."""
        self.load.answers[f"no answer, {type(error).__name__}"] += 1
        if client.connection:
            self.selector.unregister(client.connection)
            client.connection.close()
        client.connection, client.sent_at = None, 0
        client.again_at = time.monotonic() + PAUSE

    def marker(self, client: Client) -> str:
        return f"{self.load.kind[0]}{client.number}x{client.count}"
