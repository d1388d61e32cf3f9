"""What an ECG's beats came to, as values of the register."""

from collections.abc import Iterator

from ml.signals.live_beats import RhythmUpdate


def rhythm_values(update: RhythmUpdate) -> Iterator[tuple[str, float]]:
    """Codes and numbers in the register's units, of what can be said."""
    yield "ectopic_rhythm", float(update.rhythm)
    if update.ventricular_ectopics_per_min is not None:
        yield "ventricular_ectopics", update.ventricular_ectopics_per_min
    if update.fibrillation is not None:
        yield "atrial_fibrillation_probability", 100.0 * update.fibrillation
    if update.fibrillation_burden is not None:
        yield "atrial_fibrillation_burden", 100.0 * update.fibrillation_burden
    if update.pacing_per_min is not None:
        yield "pacemaker_pulse", update.pacing_per_min
