"""Answers NATS's question "who is this?" for MQTT devices (auth callout), and closes the connections of revoked ones.

NATS asks on `$SYS.REQ.USER.AUTH`, once per connection; we answer with a signed token that names the device and what it
may do. So a device may hold several credentials, and neither provisioning nor revocation touches the broker's files.
Format: docs.nats.io, "Auth Callout", and github.com/nats-io/jwt, version 2. One server, not a cluster: the answers to
CONNZ and KICK are taken from the first that replies.

Two things NATS does not do by itself, and this does: it holds devices to MQTT (NATS 2.15 does not enforce the token's
`allowed_connection_types`), and keeps one device from taking another's live session by its client id.
"""

import asyncio
import json
import logging
import random
import re
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from apps.devices.brokers.nkeys import AccountSigner, claims_of

log = logging.getLogger("bodylink.broker.callout")

#: Client ids that begin so are BodyLink's own processes'. Two connections with one id evict each other.
RESERVED_CLIENT_PREFIX = "bodylink:"
_UID = re.compile(r"[a-z0-9-]{4,32}")
_QUESTIONS = "$SYS.REQ.USER.AUTH"
_CONNECTIONS = "$SYS.REQ.SERVER.PING.CONNZ"
_QUEUE_GROUP = "bodylink-callout"
_CONCURRENT_CHECKS = 32
_MAX_REMEMBERED_SESSIONS = 50_000
#: A connection that was being authenticated while `kick` looked is listed this much later.
_SECOND_LOOK_SECONDS = 0.5
_PAGE = 1000

Authenticate = Callable[[str, str], Awaitable[bool]]


class Refused(Exception):
    """The device may not connect; the message goes to the broker's log."""


class CalloutService:
    """`authenticate(username, password)` says whether that is a valid credential of the device `username`.

    It is called up to 32 at a time; what it raises refuses the connection. `signing_seed`: 64 hexadecimal digits whose
    public key the broker's configuration names as issuer. `account`: the NATS account that devices are placed in.
    """

    def __init__(  # noqa: PLR0917 - an address, its credentials, and what to do with them
        self,
        url: str,
        user: str,
        password: str,
        signing_seed: str,
        authenticate: Authenticate,
        account: str = "BODYLINK",
    ) -> None:
        self._url = url
        self._user = user
        self._password = password
        self._signer = AccountSigner(signing_seed)
        self._authenticate = authenticate
        self._account = account
        self._connection: Client | None = None
        self._connected = asyncio.Event()
        self._checks = asyncio.Semaphore(_CONCURRENT_CHECKS)
        self._tasks: set[asyncio.Task[None]] = set()
        self._session_owners: dict[str, str] = {}
        self._kicked_at: dict[str, float] = {}

    async def run(self) -> None:
        """Serve until cancelled. Connects again for ever, whatever the broker does."""
        delay_seconds = 0.1
        while True:
            try:
                await self._serve_one_connection()
                delay_seconds = 0.1
            except (NatsError, OSError, TimeoutError) as error:
                log.warning("no connection to the broker: %s", error)
                delay_seconds = min(delay_seconds * 2, 5.0)
            await asyncio.sleep(delay_seconds * random.uniform(0.5, 1.0))

    async def wait_connected(self, timeout_seconds: float = 10.0) -> None:
        """Return when devices can be answered; TimeoutError if that takes longer."""
        await asyncio.wait_for(self._connected.wait(), timeout_seconds)

    async def kick(self, uid: str, timeout_seconds: float = 5.0) -> int:
        """Close the live connections of a device, one just being authenticated included; how many were closed.

        A device that still has a valid credential simply connects again. Raises TimeoutError while there is no broker
        (then there are no connections either: whoever comes back is authenticated anew).
        """
        self._kicked_at[uid] = time.monotonic()
        async with asyncio.timeout(timeout_seconds):
            cutoff, found = await self._listed({"user": uid})
            closed = await self._close(found)
            await asyncio.sleep(_SECOND_LOOK_SECONDS)
            _, found = await self._listed({"user": uid})
            # Who came after the cutoff was authenticated after the revocation, and stays.
            return closed + await self._close([each for each in found if _started(each) <= cutoff])

    async def connected(self) -> dict[str, datetime]:
        """Every connected device and the start of its oldest connection: to find who was revoked while we were away."""
        _, found = await self._listed({})
        oldest: dict[str, datetime] = {}
        for each in found:
            if each.get("type") == "mqtt" and "issuer_key" in each:  # authenticated by a callout: a device
                started = _started(each)
                oldest[each["authorized_user"]] = min(started, oldest.get(each["authorized_user"], started))
        return oldest

    async def _serve_one_connection(self) -> None:
        ended = asyncio.Event()

        async def on_closed() -> None:
            ended.set()

        async def on_error(error: Exception) -> None:
            log.debug("broker connection: %s", error)

        connection = await nats.connect(
            self._url,
            user=self._user,
            password=self._password,
            name="bodylink-callout",
            allow_reconnect=False,  # `run` does it, with a new subscription and an empty memory
            connect_timeout=3,
            reconnect_time_wait=0.2,
            closed_cb=on_closed,
            error_cb=on_error,
        )
        try:
            self._connection = connection
            await self._remember_sessions()
            await connection.subscribe(_QUESTIONS, queue=_QUEUE_GROUP, cb=self._on_question)
            await connection.flush(3)
            self._connected.set()
            log.info("answering for devices")
            await ended.wait()
        finally:
            self._connected.clear()
            self._connection = None
            await connection.close()

    async def _on_question(self, message: Msg) -> None:
        task = asyncio.create_task(self._answer(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, message: Msg) -> None:
        try:
            question = claims_of(message.data)
            async with self._checks:
                if time.time() >= question["exp"]:
                    return  # the broker has given up; answering it would only keep the next ones waiting
                answer = await self._decide(question["nats"])
            token = self._envelope(question["nats"], answer)
            await message.respond(token.encode())
        except (NatsError, ValueError, KeyError) as error:
            log.warning("a question of the broker could not be answered: %s", error)

    async def _decide(self, question: dict[str, Any]) -> dict[str, str]:
        """The variable part of the answer: a user token, or an error."""
        client, options = question["client_info"], question["connect_opts"]
        uid, client_id = options.get("user", ""), client.get("mqtt_id", "")
        began = time.monotonic()
        try:
            if client.get("type") != "mqtt":
                raise Refused("devices speak MQTT")
            # Strict, because the name becomes part of a permission, in which `*` and `>` mean "every".
            if not _UID.fullmatch(uid):
                raise Refused("the user name is no device uid")
            if client_id.startswith(RESERVED_CLIENT_PREFIX):
                raise Refused("the client id is reserved")
            if not await self._authenticate(uid, options.get("pass", "")):
                raise Refused("wrong user name or password")
            if self._kicked_at.get(uid, float("-inf")) >= began:
                raise Refused("revoked meanwhile")
            await self._take_session(client_id, uid)
        except Refused as refusal:
            return {"error": str(refusal)}
        except Exception:
            log.exception("could not authenticate the device %s", uid)
            return {"error": "authentication is not available"}
        return {"jwt": self._user_token(uid, question["user_nkey"])}

    def _user_token(self, uid: str, user_key: str) -> str:
        return self._signer.sign(
            {
                "aud": self._account,
                "sub": user_key,
                "name": uid,
                "nats": {
                    "type": "user",
                    "version": 2,
                    "pub": {"allow": [f"bl.v1.{uid}.up.>"]},
                    # MQTT's `down/#` covers `down` itself; `$MQTT.sub` is where NATS delivers QoS 1 from.
                    "sub": {"allow": [f"bl.v1.{uid}.down", f"bl.v1.{uid}.down.>", "$MQTT.sub.>"]},
                    "subs": 64,
                    "data": -1,
                    "payload": -1,
                    "allowed_connection_types": ["MQTT"],
                },
            }
        )

    def _envelope(self, question: dict[str, Any], answer: dict[str, str]) -> str:
        return self._signer.sign(
            {
                "aud": question["server_id"]["id"],
                "sub": question["user_nkey"],
                "nats": {"type": "authorization_response", "version": 2, **answer},
            }
        )

    async def _take_session(self, client_id: str, uid: str) -> None:
        """Refuse a client id under which another device is connected now."""
        owner = self._session_owners.get(client_id, uid)
        if owner != uid:
            _, found = await self._listed({"mqtt_client": client_id})
            if any(each["authorized_user"] != uid for each in found):
                raise Refused("the client id is another device's")
        if len(self._session_owners) >= _MAX_REMEMBERED_SESSIONS:
            await self._remember_sessions()
        self._session_owners[client_id] = uid

    async def _remember_sessions(self) -> None:
        _, found = await self._listed({})
        self._session_owners = {each["mqtt_client"]: each["authorized_user"] for each in found if "mqtt_client" in each}

    async def _listed(self, criteria: dict[str, Any]) -> tuple[datetime, list[dict[str, Any]]]:
        """The server's time, and its connections that meet the criteria, as CONNZ gives them."""
        found: list[dict[str, Any]] = []
        while True:
            page = await self._request(_CONNECTIONS, {"auth": True, "limit": _PAGE, "offset": len(found), **criteria})
            found += [{**each, "server": page["server_id"]} for each in page["connections"]]
            if len(page["connections"]) < _PAGE:
                return datetime.fromisoformat(page["now"]), found

    async def _close(self, connections: list[dict[str, Any]]) -> int:
        for each in connections:
            await self._request(f"$SYS.REQ.SERVER.{each['server']}.KICK", {"cid": each["cid"]})
        return len(connections)

    async def _request(self, subject: str, body: dict[str, Any]) -> dict[str, Any]:
        if self._connection is None:
            raise TimeoutError("there is no connection to the broker")
        answer = json.loads((await self._connection.request(subject, json.dumps(body).encode(), timeout=2)).data)
        if "error" in answer:
            raise NatsError(f"{subject}: {answer['error'].get('description')}")
        data: dict[str, Any] = answer.get("data", {})
        return data


def _started(connection: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(connection["start"])
