import subprocess
import sys

IMPORTS = "import sys, apps.ingest.wire, apps.ingest.acknowledgement, apps.readings.origin, apps.readings.waves"


def test_register_waves_and_wire_are_imported_without_django():
    loaded = subprocess.run(
        [sys.executable, "-c", f"{IMPORTS}; print('django' in sys.modules)"], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "False"
