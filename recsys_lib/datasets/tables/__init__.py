"""Anybody's table becomes events, in small steps: bytes, text, rows, columns, values."""

from recsys_lib.datasets.tables.options import TableOptions
from recsys_lib.datasets.tables.read import Table, read_table
from recsys_lib.datasets.tables.reading import Reading

__all__ = ["Reading", "Table", "TableOptions", "read_table"]
