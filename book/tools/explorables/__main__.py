"""Compute the data of the explorables: see `make`."""

from book.tools.explorables.make import main

main()
