"""Sees to it that poppler's `pdfsig` is there, if it can be: the tests check seals with it too.

Tries Debian's package (as root, or with sudo that asks no password). Where that cannot be had, the
seals are checked with `openssl` and pyHanko alone, and this says so.
"""

import os
import shutil
import subprocess
import sys

INSTALL = ["apt-get", "install", "-y", "-qq", "poppler-utils"]


def main() -> None:
    """Install `pdfsig` where it is missing and may be, or say what is not checked with it."""
    if shutil.which("pdfsig") is None and shutil.which("apt-get") is not None:
        from_debian()
    if shutil.which("pdfsig") is None:
        print(
            "pdfsig could not be installed: the seals of proofs are checked with openssl alone. "
            "To check with it too: sudo apt install poppler-utils.",
            file=sys.stderr,
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
