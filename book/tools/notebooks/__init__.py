"""Chapters' sources made executed notebooks: ``python -m book.tools.notebooks``."""
