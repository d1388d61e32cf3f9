import json
from pathlib import Path

import pytest

from apps.ingest import wire
from apps.ingest.acknowledgement import acknowledge
from tests.ingest.wire.frames import meaning
from tests.wire import generate

pytestmark = pytest.mark.filterwarnings("error")

GOLDEN = Path(generate.__file__).parent
GOOD = json.loads((GOLDEN / "good.json").read_text())
REFUSED = json.loads((GOLDEN / "refused.json").read_text())
ACKNOWLEDGEMENTS = json.loads((GOLDEN / "acknowledgement.json").read_text())


def test_the_files_are_what_the_generator_writes():
    written = {path: (GOLDEN / path).read_bytes() for path in generate.files()}
    assert written == generate.files()


def test_no_golden_file_is_left_over_from_an_earlier_contract():
    there = {f"{folder}/{path.name}" for folder in ("good", "refused") for path in (GOLDEN / folder).iterdir()}
    assert there == {path for path in generate.files() if "/" in path}


@pytest.mark.parametrize("path", sorted((GOLDEN / "good").iterdir()), ids=lambda path: path.name)
def test_a_good_frame_means_what_is_written_beside_it(path):
    assert meaning(wire.decode(path.read_bytes())) == GOOD[path.stem]


@pytest.mark.parametrize("path", sorted((GOLDEN / "good").glob("*.json")), ids=lambda path: path.stem)
def test_the_same_frame_in_both_formats_is_the_same(path):
    assert wire.decode(path.read_bytes()) == wire.decode(path.with_suffix(".cbor").read_bytes())


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_payload_is_refused_for_the_reason_written_beside_it(name):
    with pytest.raises(wire.WireError) as refusal:
        wire.decode((GOLDEN / "refused" / name).read_bytes())
    assert refusal.value.reason == REFUSED[name]["reason"]


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_payload_is_identified_where_it_says_what_it_is(name):
    identity = wire.identify((GOLDEN / "refused" / name).read_bytes())
    assert (identity and list(identity)) == REFUSED[name]["identity"]


@pytest.mark.parametrize("golden", ACKNOWLEDGEMENTS, ids=lambda golden: golden["payload"])
def test_the_server_writes_the_golden_acknowledgements(golden):
    said = json.loads(golden["payload"])
    ledger = acknowledge([tuple(bounds) for bounds in golden["stored"]], oldest=golden["oldest"])
    written = wire.encode_ack(said["boot"], ledger.upto, ledger.also, node=said.get("node"))
    assert written == golden["payload"].encode()
