import ast
import subprocess
import sys
from pathlib import Path

import pytest

import config
import webapp

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
LONGEST_FILE = 400
LONGEST_FUNCTION = 45
VAGUE = {"utils", "helpers", "common", "services", "manager", "handler"}
# Written in parts, so that this file does not name them either.
NAMES = ("pypi org", "pythonhosted org", "registry npmjs org", "deb debian org")
REGISTRIES = [name.replace(" ", ".") for name in NAMES]


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.splitlines()]


def test_no_file_is_longer_than_a_person_reads_in_one_go() -> None:
    files = tracked("webapp/*.py", "webapp/templates/*", "tests/*.py", "tools/*.py", "config.py")
    long = {
        str(path.relative_to(ROOT)): count
        for path in files
        if (count := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert files
    assert long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in tracked("webapp/*.py", "config.py", "tools/*.py")
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and (node.end_lineno or 0) - node.lineno > LONGEST_FUNCTION
    ]
    assert long == []


def test_every_package_says_what_it_is_for() -> None:
    packages = tracked("webapp/*__init__.py")
    assert len(packages) > 10
    assert [path for path in packages if not ast.get_docstring(ast.parse(path.read_text()))] == []


def test_the_application_starts_without_what_few_of_its_requests_need(
    tmp_path: Path,
) -> None:
    program = (
        "import sys\n"
        "from config import Config\n"
        "from webapp import create_app\n"
        "create_app(Config.from_environment())\n"
        "heavy = {'pyhanko', 'openpyxl', 'imap_tools', 'alembic', 'zxcvbn'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PLIREC_DATA": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [path for path in tracked("*.py") if path.stem in VAGUE] == []


def test_no_file_names_the_host_of_a_package_registry() -> None:
    naming = []
    for path in tracked():
        content = path.read_bytes()
        naming += [path for host in REGISTRIES if host.encode() in content]
    assert naming == []


def test_what_runs_is_the_tree_itself_and_no_stale_copy_of_it() -> None:
    for module in (config, webapp):
        assert module.__file__ is not None
        assert Path(module.__file__).is_relative_to(ROOT)
        assert "site-packages" not in module.__file__


def test_the_running_environment_is_without_django() -> None:
    lock = (ROOT / "requirements" / "development.txt").read_text()
    assert "django" not in lock.lower()
    assert tracked("webapp/static/htmx.min.js") == []
