"""One MQTT connection of the load, and the nodes that speak through it. Never blocks once it is open."""

import socket
from dataclasses import dataclass
from struct import Struct

import msgspec

from apps.ingest import mqtt
from tests.benchmarks.load.bodies import moment
from tests.benchmarks.load.node import Node

RECEIVED_BYTES = 65_536
PATIENCE_S = 20.0
KEEPALIVE_S = 3_600
_SHORT = Struct(">H")


class Ack(msgspec.Struct):
    """`down/ack`, as docs/mqtt.md has it."""

    boot: str
    upto: int
    also: tuple[int, ...]
    node: str | None = None


_acks = msgspec.json.Decoder(Ack)


@dataclass(frozen=True, slots=True)
class Sender:
    """What a connection signs in with, and whose frames it carries: nodes' (a hub), or without any its own."""

    uid: str
    secret: str
    nodes: tuple[str, ...] = ()


class Connection:
    def __init__(self, sender: Sender, address: tuple[str, int], first_number: int) -> None:
        self.nodes: dict[str | None, Node] = {
            name: Node(name, first_number + index) for index, name in enumerate(sender.nodes or (None,))
        }
        self.pubacked = 0
        self._topic = _SHORT.pack(len(topic := topic_of(sender.uid))) + topic.encode()
        self._packet_id = 0
        self._waiting: list[bytes] = []
        self._unsent = b""
        self._rest = b""
        self.socket = socket.create_connection(address, PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(
            mqtt.connect(f"load-{sender.uid}", sender.uid, sender.secret, clean=True, keepalive_s=KEEPALIVE_S)
        )
        self._expect_welcome(sender.uid)
        self.socket.sendall(mqtt.subscribe(f"bl/v1/{sender.uid}/down/ack", qos=0))
        self.socket.setblocking(False)

    def _expect_welcome(self, uid: str) -> None:
        answer = self.socket.recv(4)
        if len(answer) != 4 or answer[0] != mqtt.CONNACK or answer[3] != mqtt.ACCEPTED:
            raise ConnectionError(f"the broker refuses {uid}: {answer.hex() or 'it hung up'}")

    def publish(self, node: Node, seq: int, t: float) -> None:
        """Put a frame on its way; `flush` sends it."""
        self._packet_id = self._packet_id % 65_535 + 1
        body = node.bodies[(node.number * 7 + seq) % len(node.bodies)]
        oldest = next(iter(node.held), seq)
        self._waiting += (
            body.head,
            self._topic,
            _SHORT.pack(self._packet_id),
            node.opening,
            moment(seq, oldest, t),
            body.content,
        )

    def flush(self) -> bool:
        """Send what waits; False while the broker does not take all of it."""
        if self._waiting:
            self._unsent += b"".join(self._waiting)
            self._waiting.clear()
        try:
            while self._unsent:
                self._unsent = self._unsent[self.socket.send(self._unsent) :]
        except BlockingIOError:
            return False
        return True

    def receive(self) -> list[tuple[Node, int]]:
        """Take what has come; the nodes whose frames were confirmed, with how many."""
        data = self.socket.recv(RECEIVED_BYTES)
        if not data:
            raise ConnectionError("the broker hung up on the load")
        if self._rest:
            data = self._rest + data
        confirmed, read = [], 0
        for first_byte, begin, read in mqtt.packets(data):
            if first_byte == mqtt.PUBACK:
                self.pubacked += 1
            elif first_byte & mqtt.TYPE == mqtt.PUBLISH:
                ack = _acks.decode(mqtt.message(data, first_byte, begin, read)[1])
                node = self.nodes[ack.node]
                if count := node.confirm(ack.upto, ack.also):
                    confirmed.append((node, count))
        self._rest = data[read:]
        return confirmed


def topic_of(uid: str) -> str:
    return f"bl/v1/{uid}/up/frame"
