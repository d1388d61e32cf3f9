"""A child's output goes to a file that does not grow for ever."""

import sys
from pathlib import Path

from apps.demo.services import logs
from apps.demo.services.children import Child
from apps.demo.services.supervisor import supervised
from tests.demo.services.process_tree import eventually


def test_the_last_run_is_kept_beside_this_one(tmp_path: Path) -> None:
    for words in ("first", "second"):
        child = Child(name="talker", argv=["/bin/echo", words], env={}, restart=False)
        with supervised([child], tmp_path):
            assert eventually(lambda: bool((tmp_path / "talker.log").read_text()))
    assert (tmp_path / "talker.1.log").read_text() == "first\n"
    assert (tmp_path / "talker.log").read_text() == "second\n"


def test_a_log_that_grew_too_large_is_cut_while_the_child_goes_on_writing(tmp_path: Path) -> None:
    script = "import time\nwhile True:\n    print('x' * 1000, flush=True)\n    time.sleep(0.01)"
    child = Child(name="chatter", argv=[sys.executable, "-c", script], env={})
    log = tmp_path / "chatter.log"
    with supervised([child], tmp_path):
        assert eventually(lambda: log.stat().st_size > 20_000)
        logs.bound(tmp_path, "chatter", max_bytes=20_000)
        assert log.stat().st_size < 20_000
        size = log.stat().st_size
        assert eventually(lambda: log.stat().st_size > size)
        assert log.read_bytes()[:1] == b"x"
    assert (tmp_path / "chatter.1.log").stat().st_size > 20_000
