"""How much processor time another process has spent."""

from pathlib import Path

TICKS_PER_S = 100  # of /proc, on Linux


def spent_s(stat: Path) -> float:
    """In its own code and in the kernel, by /proc/PID/stat."""
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S
