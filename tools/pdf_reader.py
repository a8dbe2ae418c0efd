"""Sees to it that poppler's `pdfsig` is there, with which the tests check seals as others do.

Tries Debian's package (as root, or with sudo that asks no password), or says what to do and stops.
"""

import os
import shutil
import subprocess
import sys

INSTALL = ["apt-get", "install", "-y", "-qq", "poppler-utils"]


def main() -> None:
    """Stop where there is no `pdfsig` and none could be installed."""
    if shutil.which("pdfsig") is None and shutil.which("apt-get") is not None:
        from_debian()
    if shutil.which("pdfsig") is None:
        sys.exit(
            "The tests check the seals of proofs with pdfsig, and it could not be installed. "
            "Install poppler-utils (for instance: sudo apt install poppler-utils)."
        )


def from_debian() -> None:
    """Install Debian's package, where this account may."""
    become_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    print("Installing Debian's poppler-utils for the tests (once)...", file=sys.stderr, flush=True)
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    for command in (["apt-get", "update", "-qq"], INSTALL):
        subprocess.run([*become_root, *environment, *command], stdout=sys.stderr, check=False)


if __name__ == "__main__":
    main()
