"""The command line: look at a table, compare recommenders on it, ask one what to watch next."""

from recsys_lib.cli.program import main

__all__ = ["main"]
