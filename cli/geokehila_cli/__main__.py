"""`python -m geokehila_cli`."""

from geokehila_cli.app import main

main()
