"""One live connection. It authorises, forwards and resends; it knows no medicine.

Three tasks write to the client: waves (coalesced, lossy), numbers (the latest only) and alerts (read from the database
by cursor, at every hint and every two seconds, and never dropped). A fourth keeps the connection honest: it marks the
patients as looked at, lets values age, and checks again whether all this may still be seen.
"""

import asyncio
import itertools
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

from channels.db import DatabaseSyncToAsync
from channels.generic.websocket import AsyncWebsocketConsumer

from apps.alerts.selectors import alerts_group
from apps.core.clock import SYSTEM_CLOCK
from apps.core.errors import NotAllowed
from apps.core.instants import utc_text
from apps.core.publish import user_group
from apps.core.watch import watch
from apps.live.ageing import Shown
from apps.live.authorise import SignedOutError
from apps.live.flood import Allowance
from apps.live.handshake import Receive, Scope, Send, chosen_subprotocol, credentials_of
from apps.live.outbox import Numbers, Waves
from apps.live.protocol import (
    FAILED,
    FLOODING,
    NOT_ALLOWED,
    SIGNED_OUT,
    BadMessageError,
    Operation,
    Ping,
    Resume,
    Wanted,
    text_frame,
    understand,
    wave_frame,
)
from apps.live.reading import Admission, Position, Watchdog, admit, news, note_again, snapshot
from apps.live.waiting import until_set
from apps.readings.messages import patient_group

logger = logging.getLogger(__name__)

COALESCE_S: Final = 0.1
POLL_EVERY_S: Final = 2.0
POLL_PAUSE_S: Final = 0.1
AGE_EVERY_S: Final = 2
LOOK_EVERY_S: Final = 10
CHECK_EVERY_S: Final = 60
NOTE_EVERY_S: Final = 600
ALARM_STATUS_EVERY_S: Final = 10.0
MAX_WANTED: Final = 16

Result = TypeVar("Result")


async def in_database(work: Callable[..., Result], *arguments: Any) -> Result:
    """Run `work` in a thread of the pool: connections must not wait for one another."""
    result: Result = await DatabaseSyncToAsync(work, thread_sensitive=False)(*arguments)
    return result


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._wanted: set[Wanted] = set()
        self._admission = Admission()
        self._clinical: frozenset[str] = frozenset()
        self._position = Position()
        self._numbers, self._waves, self._shown = Numbers(), Waves(), Shown()
        self._allowance = Allowance()
        self._hint, self._introduced = asyncio.Event(), asyncio.Event()
        self._speaking, self._admitting = asyncio.Lock(), asyncio.Lock()
        self._seq = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._groups: set[str] = set()
        self._closed = False
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._tidy()

    async def connect(self) -> None:
        """Accepted first: a browser learns a close code only from a connection that was open."""
        self._credentials = credentials_of(self.scope)
        await self.accept(chosen_subprotocol(self.scope))
        if await self._readmit():
            await self._join(user_group(self._admission.user_id))
            self._start(self._write_numbers, self._write_waves, self._write_alerts, self._keep_honest)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Channels closes old database connections around each message; the handlers use none of this thread."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    # What the client says

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self._closed:
            return
        if not self._allowance.take():
            self._numbers.put_status(state="error", detail="slow down")
            if self._allowance.exhausted:
                await self._shut(FLOODING)
            return
        try:
            await self._do(understand(text_data))
        except BadMessageError as error:
            self._numbers.put_status(state="error", detail=str(error))

    async def _do(self, operation: Operation) -> None:
        if isinstance(operation, Ping):
            self._numbers.put_status(state="pong", server_time=_now_text())
        elif isinstance(operation, Resume):
            self._position = Position(operation.cursor)
            self._hint.set()
        elif len(self._wanted | {operation}) > MAX_WANTED:
            raise BadMessageError(f"{MAX_WANTED} subscriptions at most")
        else:
            self._wanted.add(operation)
            await self._readmit(anew=True)

    # Who is there, and whom they see

    async def _readmit(self, *, anew: bool = False) -> bool:
        """Ask (again) who is there and whom they see, and follow the answer. `anew`: everything is sent once more."""
        async with self._admitting:
            try:
                admission = await in_database(admit, self._credentials, frozenset(self._wanted))
            except SignedOutError:
                await self._shut(SIGNED_OUT)
            except NotAllowed:
                await self._shut(NOT_ALLOWED)
            else:
                await self._follow(admission, anew=anew)
            return not self._closed

    async def _follow(self, admission: Admission, *, anew: bool) -> None:
        former, self._admission = self._admission.sight, admission
        self._clinical = frozenset(map(str, admission.sight.clinical))
        for patient_id in former.clinical - admission.sight.clinical:
            await self._leave(patient_group(patient_id))
            self._shown.forget(str(patient_id))
        if anew or former.patients != admission.sight.patients:
            await self._introduce(admission.sight.patients - (frozenset() if anew else former.patients))

    async def _introduce(self, patient_ids: frozenset[UUID]) -> None:
        """Join first, then read: what happens meanwhile waits in the queue of this connection."""
        await self._join(alerts_group(self._admission.organization_id))
        for patient_id in self._admission.sight.clinical & patient_ids:
            await self._join(patient_group(patient_id))
        await self._look()
        seen = await in_database(snapshot, self._admission, patient_ids, SYSTEM_CLOCK.now())
        self._position.begin(seen.cursor)
        self._numbers.put_subscribed(
            patients=sorted(map(str, self._admission.sight.patients)),
            simulated=sorted(map(str, self._admission.sight.simulated)),
            cursor=seen.cursor,
            server_time=_now_text(),
        )
        for patient_id, vitals in seen.vitals.items():
            self._take_vitals(str(patient_id), vitals)
        for twin in seen.twins.values():
            self._numbers.put_twin(twin)
        for score in seen.scores:
            self._numbers.put_score(score)
        self._hint.set()

    # What comes by the channel layer

    async def live_frame(self, message: dict[str, Any]) -> None:
        for part in message["parts"]:
            await (self.live_wave if part["type"] == "live.wave" else self.live_vitals)(part)

    async def live_wave(self, message: dict[str, Any]) -> None:
        if message["patient"] in self._clinical:
            self._waves.put(message["patient"], message["segments"])

    async def live_vitals(self, message: dict[str, Any]) -> None:
        if message["patient"] in self._clinical:
            self._take_vitals(message["patient"], message["vitals"])

    async def live_twin(self, message: dict[str, Any]) -> None:
        if message["patient"] in self._clinical:
            self._numbers.put_twin(message)

    async def live_score(self, message: dict[str, Any]) -> None:
        if message["patient"] in self._clinical:
            self._numbers.put_score(message)

    async def live_alert(self, message: dict[str, Any]) -> None:
        self._hint.set()

    async def live_access(self, message: dict[str, Any]) -> None:
        await self._readmit()

    def _take_vitals(self, patient: str, vitals: Sequence[Any]) -> None:
        if taken := self._shown.note(patient, vitals):
            self._numbers.put_vitals(patient, taken)

    # What goes to the client, each in a task of its own

    async def _write_numbers(self) -> None:
        while True:
            await self._numbers.waiting.wait()
            for kind, fields in self._numbers.take(_now_text()):
                await self._say(kind, fields)
                if fields.get("state") == "subscribed":
                    self._introduced.set()

    async def _write_waves(self) -> None:
        while True:
            await self._waves.waiting.wait()
            async with self._speaking:
                self._seq += 1
                await self.send(bytes_data=wave_frame(self._seq, self._waves.take()))
            await asyncio.sleep(COALESCE_S)

    async def _write_alerts(self) -> None:
        """Reads only when the client has taken what was read before: a slow one is behind, and misses nothing."""
        await self._introduced.wait()
        watchdog = Watchdog(ALARM_STATUS_EVERY_S)
        while True:
            self._hint.clear()
            position = self._position
            found = await in_database(news, self._admission, position, SYSTEM_CLOCK.now())
            for frame in found.frames:
                await self._say("alert", {"patient": frame.patient, "cursor": frame.cursor, "alert": frame.alert})
            position.reach(found)
            if watchdog.is_news(found.alarms):
                await self._say("status", {"state": "alarms", "ok": not found.alarms, "detail": found.alarms})
            await asyncio.sleep(POLL_PAUSE_S)
            if not found.more:
                await until_set(self._hint, POLL_EVERY_S)

    async def _keep_honest(self) -> None:
        """Marks the patients as looked at, lets what was sent age, and checks again whether it may still be seen."""
        for second in itertools.count(AGE_EVERY_S, AGE_EVERY_S):
            await asyncio.sleep(AGE_EVERY_S)
            for patient, vitals in self._shown.aged(SYSTEM_CLOCK.now()).items():
                self._numbers.put_vitals(patient, vitals)
            if second % LOOK_EVERY_S == 0:
                await self._look()
            if second % CHECK_EVERY_S == 0:
                await self._readmit()
            if second % NOTE_EVERY_S == 0:
                await in_database(note_again, self._admission)

    async def _say(self, kind: str, fields: dict[str, Any]) -> None:
        async with self._speaking:
            self._seq += 1
            await self.send(text_data=text_frame(kind, self._seq, fields))

    # Coming and going

    def _start(self, *writers: Callable[[], Coroutine[Any, Any, None]]) -> None:
        for writer in writers:
            self._tasks.add(asyncio.create_task(self._guarded(writer)))

    async def _guarded(self, writer: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """A connection of which a part has failed is closed: the client comes back to one that is whole."""
        try:
            await writer()
        except Exception:
            logger.exception("a live connection failed")
            await self._shut(FAILED)

    async def _look(self) -> None:
        await asyncio.to_thread(watch, self._admission.sight.clinical)

    async def _join(self, group: str) -> None:
        self._groups.add(group)
        await self.channel_layer.group_add(group, self.channel_name)

    async def _leave(self, group: str) -> None:
        self._groups.discard(group)
        await self.channel_layer.group_discard(group, self.channel_name)

    async def _shut(self, code: int) -> None:
        """Nothing is said after this."""
        if not self._closed:
            self._closed = True
            self._clinical = frozenset()
            for task in self._tasks - {asyncio.current_task()}:
                task.cancel()
            await self.close(code)

    async def _tidy(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for group in self._groups:
            await self.channel_layer.group_discard(group, self.channel_name)


def _now_text() -> str:
    return utc_text(SYSTEM_CLOCK.now())
