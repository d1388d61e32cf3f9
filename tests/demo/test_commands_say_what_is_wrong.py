"""A command that cannot do what was asked says so in one line."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.demo.recordings import ramps, write
from tests.personas import World


def refusal(*command: str) -> str:
    with pytest.raises(CommandError) as refused:
        call_command(*command)
    said = str(refused.value)
    assert "\n" not in said
    return said


def test_replay_without_a_record(tmp_path: Path) -> None:
    assert "is no WFDB record" in refusal("replay", str(tmp_path / "nothing"), "--device", "node-1")


def test_replay_as_a_device_that_is_not_there(world: World, tmp_path: Path) -> None:
    record = write(tmp_path, ramps(1, 1), ["II"], ["mV"])
    assert refusal("replay", str(record), "--device", "nobody") == "There is no device nobody."


def test_replay_at_no_speed(tmp_path: Path) -> None:
    assert "--speed" in refusal("replay", str(tmp_path / "any"), "--device", "node-1", "--speed", "0")


def test_simulate_nobody() -> None:
    assert refusal("simulate", "--patients", "0") == "--patients: there is nobody to simulate"


def test_provision_for_an_organization_or_a_patient_that_is_not_there(world: World) -> None:
    wanted = ["provision_device", "--model", "Node"]
    assert refusal(*wanted, "--organization", "elsewhere") == "there is no organization elsewhere"
    nobody = refusal(*wanted, "--organization", "northgate", "--patient", "none")
    assert nobody == "there is no patient none in northgate"
