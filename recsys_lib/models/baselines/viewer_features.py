"""What a service asks about its viewers, as columns of yes and no."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from recsys_lib.columns import asked
from recsys_lib.errors import DataError
from recsys_lib.interactions import USER


def viewer_groups(users, columns: tuple[str, ...], labels: np.ndarray) -> pd.DataFrame:
    """One row a viewer of `users`, one bool column a value that occurs in one of `columns`.

    The columns' names are pairs block, feature. Without `columns`, `users` may be anything and
    `labels` are the rows.
    """
    names = ["block", "feature"]
    if not columns:
        return pd.DataFrame(index=labels, columns=pd.MultiIndex.from_arrays([[], []], names=names))
    if users is None:
        raise DataError(f"the columns {list(columns)} of the viewers are needed",
                        fix="Call fit(train, items=…, users=frame), one row a viewer.")  # fmt: skip
    check_viewers(users, columns, labels)
    table = users.set_index(USER)
    parts = {column: pd.get_dummies(table[column].astype(str)) for column in columns}
    return pd.concat(parts, axis=1, names=names)


def check_viewers(users, columns: Sequence[str], labels: np.ndarray) -> None:
    """Refuse a table of viewers that lacks one of `columns`, or holds a viewer twice.

    `labels` are the viewers of `train`: those of the table must be of the same kind.
    """
    if not isinstance(users, pd.DataFrame):
        raise DataError(f"users must be a DataFrame, not {type(users).__name__}")
    missing = [column for column in [USER, *columns] if column not in users.columns]
    if missing:
        known = ", ".join(map(str, users.columns))
        raise DataError(f"users has no column {missing}", where=f"columns: {known}")
    if users[USER].duplicated().any():
        twice = users.loc[users[USER].duplicated(), USER].iloc[0]
        raise DataError(f"users holds {twice!r} twice")
    asked(users[USER], labels, f"{USER} of users")
