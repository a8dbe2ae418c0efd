"""Prints where a Chromium for the tests is; installs one where there is none.

Looks at PLIREC_CHROMIUM and the machine's own browsers, then tries Debian's package (as root, or
with sudo that asks no password), npm's, and at last Playwright's own download.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NPM_FOLDER = ROOT / ".venv" / "browser"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
UNPACK = (
    "import('@sparticuz/chromium').then(async (module) => "
    "console.log(await module.default.executablePath()))"
)


def main() -> None:
    """Print the path of a Chromium, or say what to do and stop."""
    path = given() or on_the_machine() or from_debian() or from_npm() or from_playwright()
    if path is None:
        sys.exit(
            "The tests open a real browser, and none could be found or installed. Install Chromium "
            "(for instance: sudo apt install chromium), or set PLIREC_CHROMIUM to its path."
        )
    print(path)


def given() -> str | None:
    """The one that was named, if any."""
    return os.environ.get("PLIREC_CHROMIUM") or None


def on_the_machine() -> str | None:
    """The first of the usual names that is there."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def from_debian() -> str | None:
    """Debian's package, where this account may install one."""
    if shutil.which("apt-get") is None:
        return None
    become_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if become_root and not runs([*become_root, "true"]):
        return None
    say("Installing Debian's chromium for the tests (once)...")
    runs([*become_root, "apt-get", "update", "-qq"])
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    runs([*become_root, *environment, "apt-get", "install", "-y", "-qq", "chromium"])
    return on_the_machine()


def from_npm() -> str | None:
    """The binary that the package @sparticuz/chromium carries."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        return None
    say("Taking Chromium from npm for the tests (once)...")
    NPM_FOLDER.mkdir(parents=True, exist_ok=True)
    if not runs(["npm", "install", "--prefix", str(NPM_FOLDER), "@sparticuz/chromium"]):
        return None
    result = subprocess.run(
        ["node", "-e", UNPACK], cwd=NPM_FOLDER, capture_output=True, text=True, check=False
    )
    path = result.stdout.strip()
    return path if path and Path(path).exists() else None


def from_playwright() -> str | None:
    """The browser that Playwright downloads."""
    python = ROOT / ".venv" / "bin" / "python"
    say("Downloading Playwright's Chromium for the tests (once)...")
    if not runs([str(python), "-m", "playwright", "install", "chromium"]):
        return None
    ask = (
        "from playwright.sync_api import sync_playwright as p\n"
        "with p() as driver: print(driver.chromium.executable_path)"
    )
    result = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
    return result.stdout.strip() or None


def runs(command: list[str]) -> bool:
    """Run a command whose output is for the person, not for whoever reads the path."""
    return subprocess.run(command, stdout=sys.stderr, check=False).returncode == 0


def say(text: str) -> None:
    """Tell the person what takes so long."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
