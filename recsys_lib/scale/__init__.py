"""Logs that are larger than memory, and models that many ask: out of core, and `serving` (18)."""

from recsys_lib.scale.out_of_core import deal_by_viewer, read_part, streamed_co_occurrence

__all__ = ["deal_by_viewer", "read_part", "streamed_co_occurrence"]
