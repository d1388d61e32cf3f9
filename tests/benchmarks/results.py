"""What the benchmarks found, beside what it must reach (docs/benchmarks.md)."""

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """`limit` is a floor where `floor` is set, else a ceiling; None where the figure is only told."""

    unit: str
    limit: float | None = None
    floor: bool = False


DEVICES = (10, 100, 1_000, 10_000)
TREND_DAYS = (1, 7, 30)
MERGED_DAYS = (1, 2, 4)
SERVERS = ("daphne", "uvicorn", "uvicorn-sansio")


def _at(name: str, unit: str, sizes: Iterable[object]) -> dict[str, Figure]:
    """The same figure at several sizes, which are said after an @."""
    return {f"{name}@{size}": Figure(unit) for size in sizes}


FIGURES: Mapping[str, Figure] = {
    "ingest.frames_per_second": Figure("frames/s", 8_000, floor=True),
    "ingest.ratio": Figure("1", 0.35, floor=True),
    "ingest.lost": Figure("frames", 0),
    "ingest.doubled": Figure("frames", 0),
    "latency.commit_p99_ms": Figure("ms", 100),
    "latency.screen_p99_ms": Figure("ms", 250),
    "alarm.p99_s": Figure("s", 2),
    "trend.30d_p95_ms": Figure("ms", 50),
    "waveform.hour_p95_ms": Figure("ms", 100),
    "storage.mb_per_patient_day": Figure("MB", 30),
    "ecg.us_per_patient_second": Figure("us", 10),
    "ecg.classes_us_per_patient_second": Figure("us", 30),
    "ecg.channel_us_per_patient_second": Figure("us", 40),
    "ecg.neurokit2_ratio": Figure("1", 10, floor=True),
    "ecg.wfdb_ratio": Figure("1", 10, floor=True),
    "ecg.biosppy_ratio": Figure("1", 10, floor=True),
    "ecg.sleepecg_ratio": Figure("1", 1, floor=True),
    "tick.small_clinics_share": Figure("1", 0.2),
    "twin.minute_s": Figure("s", 6),
    "whatif.6h_s": Figure("s", 0.5),
    "api.vitals_p95_ms": Figure("ms", 40),
    "api.list_p95_ms": Figure("ms", 60),
    "ward.fps": Figure("1/s", 55, floor=True),
    "ward.script_p95_ms": Figure("ms", 4),
    "ward.draw_p95_ms": Figure("ms", 120),
    "flood.lost": Figure("frames", 0),
    "flood.doubled": Figure("frames", 0),
    "flood.normal_after_s": Figure("s", 30),
    "flood.sent_per_second": Figure("frames/s"),
    "flood.taken_per_second": Figure("frames/s"),
    "flood.calm_worst_s": Figure("s"),
    "flood.ingest_mb": Figure("MB"),
    "flood.broker_mb": Figure("MB"),
    **_at("ingest.frames_per_second", "frames/s", DEVICES),
    **_at("latency.commit_p99_ms", "ms", DEVICES),
    **_at("trend.p95_ms", "ms", (f"{days}d" for days in TREND_DAYS)),
    **_at("merge.s_per_patient_day", "s", (f"{days}d" for days in MERGED_DAYS)),
    **_at("sockets.core_share", "1", SERVERS),
    **_at("sockets.screen_p99_ms", "ms", SERVERS),
}

_READS = ("api", "trend", "waveform")


def group_of(name: str) -> str:
    """By which benchmark a figure is found."""
    first = name.partition(".")[0]
    if "@" in name and first != "sockets":
        return "growth"
    return "reads" if first in _READS else "twin" if first == "whatif" else first


GROUPS: Sequence[str] = sorted({group_of(name) for name in FIGURES})


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    value: float

    @property
    def figure(self) -> Figure:
        return FIGURES[self.name]

    @property
    def ratio(self) -> float | None:
        """Value to limit; None where there is none, or where it is 0."""
        return self.value / self.figure.limit if self.figure.limit else None

    @property
    def holds(self) -> bool:
        limit = self.figure.limit
        if limit is None:
            return True
        return self.value >= limit if self.figure.floor else self.value <= limit

    def as_json(self) -> dict[str, Any]:
        ratio = self.ratio
        return {
            "name": self.name,
            "value": round(self.value, 4),
            "unit": self.figure.unit,
            "limit": self.figure.limit,
            "ratio": None if ratio is None else round(ratio, 4),
        }


def machine() -> str:
    """Which machine it was, by what a reader can compare: cores, processor, memory, how busy it was."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{os.cpu_count()} cores, {_processor()}, {memory_gb:.0f} GB, Python {platform.python_version()}, load {load}"
    )


def _processor() -> str:
    names = [line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def table(results: Iterable[Result]) -> str:
    lines = [f"{'name':34} {'value':>12} {'unit':10} {'limit':>12} {'ratio':>8}"]
    for result in results:
        ratio = "" if result.ratio is None else f"{result.ratio:.2f}"
        verdict = "" if result.holds else "  does not reach it"
        value = f"{result.value:12.4g} {result.figure.unit:10}"
        lines.append(f"{result.name:34} {value} {_bound(result.figure):>12} {ratio:>8}{verdict}")
    return "\n".join(lines)


def _bound(figure: Figure) -> str:
    if figure.limit is None:
        return ""
    return f"{'>=' if figure.floor else '<='} {figure.limit:g}"


def write(path: Path, machine_text: str, results: Iterable[Result]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"machine": machine_text, "results": [result.as_json() for result in results]}
    path.write_text(json.dumps(document, indent=1) + "\n")
