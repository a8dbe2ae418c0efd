"""Makes `.venv` complete: environment, locked packages, htmx, translations.

Runs on the machine's own Python, before any package is there: standard library only.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
HTMX_IN_PACKAGE = "django_htmx/static/django_htmx/htmx-2.min.js"
HTMX_SHA256 = "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de"
HTMX_TARGET = ROOT / "webapp" / "static" / "htmx.min.js"


def main() -> None:
    """Set up everything that `make run` and `make test` need, or say what is missing and stop."""
    require_python()
    if not PYTHON.exists():
        make_environment()
    pip("install", "--quiet", "--require-hashes", "-r", "requirements/development.txt")
    pip("install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", ".")
    take_htmx()
    subprocess.run(
        [ENVIRONMENT / "bin" / "pybabel", "--quiet", "compile", "-d", "webapp/translations"],
        cwd=ROOT,
        check=True,
    )
    (ENVIRONMENT / ".ready").touch()


def require_python() -> None:
    """Stop with the exact command where Python is too old or has no venv."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if sys.version_info < (3, 11):
        sys.exit(
            f"Plirec needs Python 3.11 or newer; this is {version}. With a newer one installed, "
            "say which: make run PYTHON=python3.11"
        )
    try:
        import ensurepip  # noqa: F401  (Debian ships venv without it until python3-venv is installed)
        import venv  # noqa: F401
    except ImportError:
        become_root = "" if os.geteuid() == 0 else "sudo "
        sys.exit(
            f"Python's venv is missing. Install it, then try again:\n\n"
            f"    {become_root}apt install python{version}-venv\n"
        )


def make_environment() -> None:
    """Make `.venv`, or remove what a failure left half made."""
    print("Making the virtual environment (once)...", flush=True)
    result = subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], cwd=ROOT)
    if result.returncode:
        sys.exit("The virtual environment could not be made; the lines above say why.")


def pip(*arguments: str) -> None:
    """Run the environment's pip, or stop with its own words."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, cwd=ROOT).returncode:
        sys.exit("The packages could not be installed; the lines above say why.")


def take_htmx() -> None:
    """Take htmx out of the package that carries it, without installing that package.

    Its package depends on Django, which has no place in the environment.
    """
    if HTMX_TARGET.exists() and is_expected(HTMX_TARGET.read_bytes()):
        return
    with tempfile.TemporaryDirectory() as directory:
        pip(
            *("download", "--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes"),
            *("-r", "requirements/htmx.txt", "--dest", directory),
        )
        (wheel,) = Path(directory).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            script = archive.read(HTMX_IN_PACKAGE)
    if not is_expected(script):
        sys.exit("htmx does not have the SHA-256 that tools/set_up.py expects; nothing was kept.")
    HTMX_TARGET.write_bytes(script)


def is_expected(script: bytes) -> bool:
    """Say whether these are the bytes of htmx that were reviewed."""
    return hashlib.sha256(script).hexdigest() == HTMX_SHA256


if __name__ == "__main__":
    main()
