"""Commands, options, modules, variables and links in the documents: what is written there exists, and can be called."""

import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from ml.evaluate.tasks import TASKS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/**/*.md")])
TEXTS = {str(path.relative_to(ROOT)): path.read_text() for path in DOCUMENTS}
ELSEWHERE = {"SSL_CERT_FILE", "BODYLINK_DATA"}
"""OpenSSL reads the one; tests and training the other."""
MODELS = re.findall(r'^    "(\w+)": ', (ROOT / "ml" / "training" / "models.py").read_text(), re.MULTILINE)
"""Read, not imported: who only runs the tests has no libraries to train with."""


def calls(pattern: str) -> list[tuple[str, str]]:
    """(document, what stands behind the pattern) of each place: up to the end of its line, code span or comment."""
    return [
        (name, re.split(r"[`#;|\\]", found)[0].strip())
        for name, text in TEXTS.items()
        for found in re.findall(pattern + r"([^\n]*)", text)
    ]


def test_every_command_is_there_with_its_options() -> None:
    found = calls(r"manage\.py ")
    assert len(found) >= 15
    known = get_commands()
    for document, call in found:
        name, *words = shlex.split(call.split(" and ")[0].rstrip(").,: "))
        assert name in known, (document, call)
        parser = load_command_class(known[name], name).create_parser("manage.py", name)
        options = {text for action in parser._actions for text in action.option_strings}
        assert {word for word in words if word.startswith("--")} <= options, (document, call)


def test_every_task_and_module_is_there() -> None:
    found = calls(r"python -m (?=ml|tests)")
    assert len(found) >= 10
    assert "r_peaks" in MODELS
    for document, call in found:
        module, *words = call.split()
        module = module.rstrip(".,)")
        assert find_spec(module) is not None, (document, call)
        registers = {"ml.evaluate": TASKS, "ml.training": MODELS}
        named = re.split(r"[|/]", words[0].rstrip(".,)")) if words and words[0][0] not in "-(" else []
        if module in registers:
            assert set(named) - {"TASK"} <= set(registers[module]), (document, call)


def test_every_target_of_make_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        "".join(target)
        for text in TEXTS.values()
        for target in re.findall(r"(?:`make ([a-z]+)|^make ([a-z]+)(?:  |$))", text, re.MULTILINE)
    }
    assert {"demo", "test", "bench"} <= named <= targets


@pytest.mark.parametrize("document", TEXTS)
def test_every_link_leads_somewhere(document: str) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)", TEXTS[document]):
        if not link.startswith(("http://", "https://", "mailto:")):
            assert ((ROOT / document).parent / link).exists(), link


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "bodylink" / "settings").glob("*.py"))
    read = set(re.findall(r'\b(?:env\.\w+|required|secret)\(\s*"([A-Z_]+)"', sources))
    table = re.findall(r"^\| (`[^|]+) \|", TEXTS["docs/configuration.md"], re.MULTILINE)
    documented = {name for cell in table for name in re.findall(r"`([A-Z_]+)`", cell)}
    assert documented - read == ELSEWHERE
    assert read - documented == set()


def test_every_document_is_found_from_the_readme() -> None:
    beside = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert {name for name in beside if f"(docs/{name})" not in TEXTS["README.md"]} == set()


def test_every_app_stands_on_the_map() -> None:
    apps = {path.parent.name for path in (ROOT / "apps").glob("*/apps.py")}
    assert {app for app in apps if f"`apps/{app}`" not in TEXTS["README.md"]} == set()
