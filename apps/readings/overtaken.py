"""Values of frames that came after younger ones of their device (`OvertakenFrame`)."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from apps.readings.origin import Origin
from apps.readings.quantities import by_number
from apps.readings.quantity import SENSOR
from apps.readings.value import Value

AT_ONCE = 2_000
# Taken and forgotten in one statement: a tick that is undone finds them again.
_TAKE = """
WITH taken AS (
    DELETE FROM readings_overtakenframe
    WHERE id IN (SELECT id FROM readings_overtakenframe WHERE patient_id = ANY(%s) ORDER BY id LIMIT %s)
    RETURNING device_id, boot, seq, t
)
SELECT f.patient_id, f.device_id, d.uid, f.t, f.origin, f.value_codes, f.value_numbers
FROM taken JOIN readings_frame f USING (device_id, boot, seq, t) JOIN devices_device d ON d.id = f.device_id
"""


def overtaken_values(patient_ids: Sequence[UUID]) -> list[Value]:
    """What was measured in the frames that a tick of these patients has passed by, each given once."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [list(patient_ids), AT_ONCE])
        rows = cursor.fetchall()
    return [
        Value(
            patient_id=patient_id,
            code=by_number(number).code,
            value=value,
            at=t,
            origin=Origin(origin),
            source=SENSOR,
            quality=1.0,
            device_id=device_id,
            device_uid=uid,
        )
        for patient_id, device_id, uid, t, origin, numbers, values in rows
        for number, value in zip(numbers, values, strict=True)
    ]
