"""The life of one alert: pending, active, acknowledged, resolved. Pure.

    PENDING       its condition holds, its delay has not passed; nobody sees it
    ACTIVE        shown, and nobody has taken it on
    ACKNOWLEDGED  shown quietly; it ends by itself with its condition
    RESOLVED      over

A pending condition that ends is resolved without ever having been active (`activated_at` stays null, nobody is shown
it); its row stays, because how many alarms a delay spared is what the delay is tuned by.

A high-priority alert that ends unacknowledged latches: it stays until somebody acknowledges it. A limit of higher
priority overrides the lower one of the same quantity: the alert becomes active again at the higher priority. It comes
down again by itself, but from high only once it has been acknowledged.

What is not measured neither raises nor ends an alert: an active one stays, and says that it is no longer measured.
"""

from dataclasses import replace

from apps.alerts.facts import RANK, Condition, Evidence, Move, Sensed
from apps.alerts.models import Priority, State

UNMEASURED = ", no longer measured"
OVER = ", over"


def step(alert: Condition | None, sensed: Sensed) -> Move | None:
    """What becomes of a condition, given what the present says of it. None: nothing changes."""
    if alert is None:
        return _open(sensed) if sensed.evidence is Evidence.PRESENT else None
    if sensed.evidence is Evidence.UNCERTAIN:
        return None
    if sensed.evidence is Evidence.UNMEASURED:
        return _unmeasured(alert)
    if sensed.evidence is Evidence.GONE:
        return _resolve(alert, sensed.reason)
    if sensed.evidence is Evidence.ABSENT:
        return _end(alert, sensed)
    return _pending(alert, sensed) if alert.state == State.PENDING else _go_on(alert, sensed)


def _open(sensed: Sensed) -> Move:
    state = State.ACTIVE if sensed.due else State.PENDING
    opened = Condition(
        id=None,
        code=sensed.code,
        kind=sensed.kind,
        device_id=sensed.device_id,
        priority=sensed.due or min(sensed.onsets, key=RANK.__getitem__),
        state=state,
        since=min(sensed.onsets.values()),
        onsets=dict(sensed.onsets),
        value=sensed.value,
        limit=sensed.limit,
        unit=sensed.unit,
        text=sensed.text,
    )
    return Move(None, opened, "began")


def _pending(alert: Condition, sensed: Sensed) -> Move | None:
    if sensed.due is None:
        return _changed(alert, replace(alert, onsets=dict(sensed.onsets)))
    return Move(alert, replace(_now(alert, sensed), state=State.ACTIVE, priority=sensed.due), "the delay has passed")


def _go_on(alert: Condition, sensed: Sensed) -> Move | None:
    """An alert that is on, and whose condition holds (again)."""
    if sensed.due is None:
        return _changed(alert, replace(alert, onsets=dict(sensed.onsets)))
    now = _now(alert, sensed)
    if RANK[sensed.due] > RANK[alert.priority]:
        return Move(alert, replace(now, priority=sensed.due, state=State.ACTIVE, latched=False), "became worse")
    if alert.latched:
        return Move(alert, replace(now, latched=False), "began again")
    if alert.state == State.ACKNOWLEDGED or alert.priority != Priority.HIGH:
        now = replace(now, priority=sensed.due)
    return _changed(alert, now)


def _end(alert: Condition, sensed: Sensed) -> Move | None:
    if alert.state == State.PENDING:
        return _resolve(alert, "ended within its delay")
    if alert.state == State.ACTIVE and alert.priority == Priority.HIGH:
        if alert.latched:
            return _changed(alert, replace(alert, onsets={}))
        over = replace(alert, latched=True, onsets={}, text=_plain(alert.text) + OVER)
        return Move(alert, over, "ended, and stays until it is acknowledged")
    return _resolve(alert, sensed.reason or "ended")


def _unmeasured(alert: Condition) -> Move | None:
    if alert.state == State.PENDING:
        return _resolve(alert, "no longer measured within its delay")
    if alert.latched:
        return None
    return _changed(alert, replace(alert, text=_plain(alert.text) + UNMEASURED))


def _resolve(alert: Condition, reason: str) -> Move:
    return Move(alert, replace(alert, state=State.RESOLVED, latched=False, text=_plain(alert.text)), reason)


def _now(alert: Condition, sensed: Sensed) -> Condition:
    return replace(
        alert,
        onsets=dict(sensed.onsets),
        value=sensed.value,
        limit=sensed.limit,
        text=sensed.text,
    )


def _changed(before: Condition, after: Condition) -> Move | None:
    """A change without a transition. The value alone is none: what matters of it is in the text, rounded."""
    return Move(before, after) if replace(after, value=before.value) != before else None


def _plain(text: str) -> str:
    return text.removesuffix(UNMEASURED).removesuffix(OVER)
