"""The twin of a person: a body that is held to what is measured of it.

It joins `ml.physiology`, which knows no filter, and `ml.assimilation`, which knows no body (docs/twin.md).

    twins = Twins.begin(persons, at_s=now_s, seeds=seeds)
    twins.advance(now_s + 60.0, {"heart_rate": Seen(values, deviations)})
    twins.states(), twins.forecast(), twins.what_if(0, [WhatIf("as now"), WhatIf("walk", [Segment(30, work_watts=50)])])
"""

from ml.twin.keeping import HYPOTHESES
from ml.twin.margins import ORGANS
from ml.twin.organs import Former, Organ
from ml.twin.packing import UnknownVersion
from ml.twin.sensors import SENSORS, Seen, Sensor
from ml.twin.twins import Twins
from ml.twin.what_if import Fan, Reserve, WhatIf, WhatIfRun

__all__ = [
    "HYPOTHESES",
    "ORGANS",
    "SENSORS",
    "Fan",
    "Former",
    "Organ",
    "Reserve",
    "Seen",
    "Sensor",
    "Twins",
    "UnknownVersion",
    "WhatIf",
    "WhatIfRun",
]
