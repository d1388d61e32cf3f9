"""The twins of a shard of patients: begun, advanced by what was seen, asked, packed."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from ml.assimilation.bands import identifiability
from ml.physiology import Inputs, Person
from ml.physiology.inputs import REST
from ml.physiology.quantities import Array
from ml.physiology.simulate import INPUTS
from ml.scoring.usual import OfVital
from ml.twin import hypotheses, packing, told, tracking
from ml.twin.beginning import begun
from ml.twin.forecasting import ensembles_ahead, forecasts
from ml.twin.given import Later
from ml.twin.keeping import HYPOTHESES, Kept, blank
from ml.twin.organs import Evidence, Former, Organ, organs
from ml.twin.person import person_of, row_of, surroundings_of, textbook
from ml.twin.sensors import SENSORS, Seen
from ml.twin.what_if import WhatIf, WhatIfRun, play

MEMBERS: Final = 32
FEWEST_MEMBERS: Final = 4


class Twins:
    """Of many patients, each with an ensemble of bodies. Every patient is moved by itself: whoever else is in the
    shard, the figures are the same. Not safe to be used by two threads at once."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self.persons = tuple(person_of(row) for row in kept.person)
        self._guess = textbook(self.persons)

    @classmethod
    def begin(
        cls,
        persons: Sequence[Person],
        *,
        at_s: float,
        seeds: Sequence[int],
        members: int = MEMBERS,
        clock_hours: npt.ArrayLike = 14.0,
    ) -> Self:
        """Persons of whom nothing was measured yet, at rest at `at_s` (epoch seconds), when it is `clock_hours` where
        they are (a number, or (patients,)). Raises ValueError for as many seeds as there are not persons, for no
        person, and for fewer than four members."""
        if not persons or len(seeds) != len(persons) or members < FEWEST_MEMBERS:
            raise ValueError(f"{len(persons)} persons, {len(seeds)} seeds and {members} members make no twins")
        kept = blank(len(persons), members)
        kept.person[...] = [row_of(person) for person in persons]
        kept.seeds[...] = [seed % 2**64 for seed in seeds]
        kept.at_s[...] = at_s
        kept.surroundings[...] = surroundings_of(REST, len(persons))
        twins = cls(kept)
        hours = np.broadcast_to(np.asarray(clock_hours, dtype=np.float64) % 24.0, (len(persons),))
        kept.ensemble[...] = begun(
            persons, twins._guess, kept.surroundings, seeds=kept.seeds, members=members, clock_hours=hours
        )
        hypotheses.begin(kept, twins._guess)
        kept.prior_variance[...] = told.variances(twins.members_figures())
        return twins

    def __len__(self) -> int:
        return len(self._kept.at_s)

    @property
    def members(self) -> int:
        return int(self._kept.ensemble.shape[2])

    @property
    def at_s(self) -> Array:
        """(patients,): each patient's own time, epoch seconds. A copy."""
        return self._kept.at_s.copy()

    @property
    def work_watts(self) -> Array:
        """(patients,): what they are told to work. A copy."""
        return np.array(self._kept.surroundings[INPUTS.index("work_watts")])

    def advance(self, until_s: float, seen: Mapping[str, Seen], inputs: Inputs = REST) -> None:
        """Bodies up to `until_s`, then what was seen at that moment, in place.

        A patient whose time is later is neither moved nor corrected: late readings are for an earlier twin (`packed`)
        that is advanced again. `seen`: by code of SENSORS, others are passed over; `inputs`: what has been done to the
        patients since, numbers or arrays (patients,), not-a-number where nobody knows; an array of work says who is
        known to be still. Raises ValueError where an array is of another shape.
        """
        self._check(seen)
        self._kept.surroundings[...] = surroundings_of(inputs, len(self))
        self._kept.still[...] = np.equal(inputs.work_watts, 0.0) & (np.ndim(inputs.work_watts) > 0)
        behind_s = until_s - self._kept.at_s
        for seconds in np.unique(np.round(behind_s[behind_s > 0.0], 3)):
            self._live(np.flatnonzero(np.round(behind_s, 3) == seconds), float(seconds))
        present = behind_s >= -1e-3
        self._kept.at_s[present & (behind_s > 0.0)] = until_s
        if seen:
            now = {code: Seen(np.where(present, each.value, np.nan), each.deviation) for code, each in seen.items()}
            tracking.take_in(self._kept, self._guess, now)

    def take(self, indices: npt.ArrayLike) -> "Twins":
        """These patients, copied, in this order."""
        return Twins(self._kept.take(indices))

    @staticmethod
    def joined(parts: Sequence["Twins"]) -> "Twins":
        """One after the other, copied. Raises ValueError for parts of different numbers of members, and for none."""
        return Twins(Kept.joined([part._kept for part in parts]))

    def packed(self) -> list[bytes]:
        """One blob a patient: everything that is needed to go on."""
        return packing.packed(self._kept)

    @classmethod
    def unpacked(cls, blobs: Sequence[bytes]) -> "Twins":
        """Raises UnknownVersion (a ValueError) for blobs of another version; ValueError for none."""
        return Twins(packing.unpacked(blobs))

    def states(self) -> list[list[dict[str, Any]]]:
        """Per patient the figures of `ml.twin.told.TOLD`: name, median, low and high of the 90 % band, unit (UCUM), and
        identifiability, 0 (nothing was told by measurements) to 1."""
        values = self.members_figures()
        known = identifiability(told.variances(values), self._kept.prior_variance)
        return told.states_told(told.with_model_error(values), known)

    def hypotheses(self) -> list[dict[str, float]]:
        """Per patient the probability, 0 to 1, of each of HYPOTHESES; they sum up to 1."""
        return [dict(zip(HYPOTHESES, map(float, odds), strict=True)) for odds in self._kept.odds.T]

    def organs(
        self,
        vitals_age_s: Mapping[str, Array],
        news2_points: Mapping[str, Array],
        usual: Mapping[str, OfVital],
        former: Sequence[Mapping[str, Former] | None],
        *,
        apart: Sequence[Sequence[str]] = (),
    ) -> list[list[Organ]]:
        """Nine a patient, in the order of ORGANS. All arrays (patients,), not-a-number where nothing is known: how old
        each vital is, how many points of NEWS2 it scores, what is usual for the person at this hour; `former`: by organ
        what was returned before, for hysteresis; `apart`: for each patient the vitals that do not go together as usual
        (`ml.scoring.usual`), empty: all do. Usual and apart are reasons and nothing else: no judgement goes by them."""
        return organs(self._kept, self._guess, Evidence(vitals_age_s, news2_points, usual, apart), former)

    def forecast(self, minutes: Sequence[int] = (30, 360), later: Later | None = None) -> list[dict[str, Any]]:
        """Per patient what the sensors that have read of late will show, if nothing new is done: per horizon and
        quantity median, central 50 and 90 % bands. `later` (`given.Given.later`): what is known to be done; without
        it, what is done now goes on."""
        return forecasts(self._kept, self._guess, minutes, later)

    def what_if(
        self,
        index: int,
        scenarios: Sequence[WhatIf],
        *,
        hours: float = 6.0,
        members: int = 64,
        later: Later | None = None,
    ) -> list[WhatIfRun]:
        """One patient's body through scenarios, all from the present. `later`: what is known to be done to that patient
        anyway (`forecast`). Raises IndexError, and ValueError for hours that are not positive."""
        alone = self._kept.take([range(len(self))[index]])
        return play(alone, scenarios, hours=hours, members=members, later=later)

    def biases(self) -> dict[str, tuple[Array, Array]]:
        """By sensor what is thought of its bias: mean and standard deviation (patients,), in its unit."""
        return tracking.biases(self._kept)

    def consistency(self) -> dict[str, tuple[Array, Array]]:
        """By sensor mean NIS and autocorrelation of innovations (patients,), not-a-number before the first."""
        running = {code: tracking.consistency_of(self._kept, index) for index, code in enumerate(SENSORS)}
        return {code: (each.mean_nis, each.autocorrelation) for code, each in running.items()}

    def figures(self) -> dict[str, Array]:
        """Every figure of TOLD, (patients, members), as wide as the model's own error makes it."""
        return told.with_model_error(self.members_figures())

    def figures_ahead(self, minutes: int, later: Later | None = None) -> dict[str, Array]:
        """The same after so many minutes in which nothing new is done."""
        ((_, ensemble),) = ensembles_ahead(self._kept, self._guess, (minutes,), later)
        figures = told.figures(ensemble, self._guess, self._kept.surroundings)
        return told.with_model_error(figures, minutes=minutes)

    def members_figures(self) -> dict[str, Array]:
        """Every figure of TOLD as members have it, without the model's own error."""
        return told.figures(self._kept.ensemble, self._guess, self._kept.surroundings)

    def _live(self, rows: npt.NDArray[np.intp], seconds: float) -> None:
        if len(rows) == len(self):
            tracking.live(self._kept, self._guess, seconds)
            return
        part = self._kept.take(rows)
        tracking.live(part, textbook([self.persons[row] for row in rows]), seconds)
        self._kept.put(rows, part)

    def _check(self, seen: Mapping[str, Seen]) -> None:
        for code, each in seen.items():
            if not np.shape(each.value) == np.shape(each.deviation) == (len(self),):
                raise ValueError(
                    f"{code}: {np.shape(each.value)} and {np.shape(each.deviation)} are not ({len(self)},)"
                )
