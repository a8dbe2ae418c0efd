"""`python -m webapp`, the same as `plirec`."""

from webapp.cli import main

main()
