"""Most simulated people have a round: how awake they are and what they breathe. Once, however often it starts."""

from apps.core.tenancy import bind
from apps.demo.people import admit_cast, settle
from apps.demo.rounds import make_rounds
from apps.readings.models import Observation
from tests.personas import PASSWORD


def test_most_have_a_round_and_one_in_four_has_none(database: None) -> None:
    settle(PASSWORD)
    people = admit_cast(8)
    for _ in range(2):
        make_rounds(people)
    for part, patient in people.items():
        with bind(patient.organization_id):
            found = {each.code: each.value for each in Observation.objects.filter(patient_id=patient.pk)}
            assert Observation.objects.filter(patient_id=patient.pk).count() == len(found)
        if part.number % 4 == 0:
            assert found == {}
        else:
            assert set(found) == {"consciousness", "supplemental_oxygen"}
            assert (found["supplemental_oxygen"] > 0) is (part.number == 2)
