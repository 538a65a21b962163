"""What a log of one policy can say of another, and when it cannot.

A log says what was shown, with which chance, and what came of it. `one_slot` has the estimators for
one choice a row, `slates` those for several choices a page, `overlap` says whether to believe them.
"""

from recsys_lib.offpolicy.estimate import Estimate
from recsys_lib.offpolicy.one_slot import (
    clipped_ips,
    direct_method,
    doubly_robust,
    ips,
    replay,
    snips,
    switch,
)
from recsys_lib.offpolicy.overlap import Overlap, effective_size, overlap
from recsys_lib.offpolicy.slates import (
    cascade_doubly_robust,
    independent_ips,
    pseudo_inverse,
    reward_interaction_ips,
    slate_ips,
)

__all__ = [
    "Estimate",
    "Overlap",
    "cascade_doubly_robust",
    "clipped_ips",
    "direct_method",
    "doubly_robust",
    "effective_size",
    "independent_ips",
    "ips",
    "overlap",
    "pseudo_inverse",
    "replay",
    "reward_interaction_ips",
    "slate_ips",
    "snips",
    "switch",
]
