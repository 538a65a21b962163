"""Logs that are larger than memory: dealt onto disk by viewer, counted a part at a time (18)."""

from recsys_lib.scale.out_of_core import deal_by_viewer, read_part, streamed_co_occurrence

__all__ = ["deal_by_viewer", "read_part", "streamed_co_occurrence"]
