"""Experiments: how many viewers, whether the split held, what differs, and when to stop.

One row a viewer, because viewers were put into arms by lot. `read_experiment` goes through a whole
table; the other names are its parts.
"""

from recsys_lib.experiments.adjust import cuped, post_stratified
from recsys_lib.experiments.checks import ratio_check
from recsys_lib.experiments.difference import (
    Difference,
    mean_difference,
    ratio_difference,
    share_difference,
)
from recsys_lib.experiments.interleaving import balanced, preference, team_draft
from recsys_lib.experiments.readout import Readout, read_experiment
from recsys_lib.experiments.sequential import confidence_sequence
from recsys_lib.experiments.size import power, viewers_needed
from recsys_lib.experiments.staying import retention, retention_difference
from recsys_lib.experiments.words import in_words

__all__ = [
    "Difference",
    "Readout",
    "balanced",
    "confidence_sequence",
    "cuped",
    "in_words",
    "mean_difference",
    "post_stratified",
    "power",
    "preference",
    "ratio_check",
    "ratio_difference",
    "read_experiment",
    "retention",
    "retention_difference",
    "share_difference",
    "team_draft",
    "viewers_needed",
]
