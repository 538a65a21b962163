"""What models learn, as JSON with the arrays beside it, and back; nothing else can be said."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator

from recsys_lib.errors import DataError, UnsupportedError

KIND = "kind"  # the key that tells an encoded value from a plain one


class Writer:
    """Turns values into JSON; arrays of numbers become `members`, name → bytes."""

    def __init__(self) -> None:
        self.members: dict[str, bytes] = {}

    def encode(self, value):
        """The value for `json.dumps`.

        Raises:
            UnsupportedError: a value of another type than those that models learn.
        """
        if value is None or isinstance(value, bool | str | int):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else {KIND: "number", "text": str(value)}
        if isinstance(value, np.generic):
            return self.encode(value.item())
        if isinstance(value, np.ndarray):
            return self._array(value)
        if sparse.issparse(value):
            return self._sparse(value)
        if isinstance(value, pd.DataFrame | pd.Series):
            return self._frame(value)
        if isinstance(value, tuple | list):
            kind = "tuple" if isinstance(value, tuple) else "list"
            return {KIND: kind, "values": [self.encode(part) for part in value]}
        if isinstance(value, dict):
            pairs = [[self.encode(key), self.encode(part)] for key, part in value.items()]
            return {KIND: "dict", "pairs": pairs}
        if isinstance(value, BaseEstimator):  # the settings of one, not what it has learned
            settings = self.encode(value.get_params(deep=False))
            return {KIND: "unfitted", "name": type(value).__name__, "settings": settings}
        raise UnsupportedError(f"a {type(value).__name__} cannot be saved")

    def _array(self, array: np.ndarray) -> dict:
        if array.dtype == object:
            return {KIND: "strings", "values": [self._string(text) for text in array.tolist()]}
        name, file = f"{len(self.members)}.npy", io.BytesIO()
        np.save(file, array, allow_pickle=False)
        self.members[name] = file.getvalue()
        return {KIND: "array", "member": name}

    def _string(self, text) -> str:
        if not isinstance(text, str):
            raise UnsupportedError(f"an array with a {type(text).__name__} cannot be saved")
        return text

    def _sparse(self, matrix) -> dict:
        matrix = matrix.tocsr()
        parts = [self._array(part) for part in (matrix.data, matrix.indices, matrix.indptr)]
        return {KIND: "sparse", "shape": list(map(int, matrix.shape)), "parts": parts}

    def _frame(self, frame: pd.DataFrame | pd.Series) -> dict:
        table = frame.to_frame() if isinstance(frame, pd.Series) else frame
        return {
            KIND: "series" if isinstance(frame, pd.Series) else "frame",
            "index": self._index(table.index),
            "columns": self._index(table.columns),
            "values": [self._column(table.iloc[:, place]) for place in range(table.shape[1])],
        }

    def _column(self, column: pd.Series) -> dict:
        return self._array(column.to_numpy(object if column.dtype == "str" else None))

    def _index(self, index: pd.Index) -> dict:
        levels = [index.get_level_values(level) for level in range(index.nlevels)]
        values = [self._column(level.to_series()) for level in levels]
        return {"names": list(index.names), "levels": values}


class Reader:
    """The way back.

    Args:
        archive: the open zip file that holds the members.
        make: from the name of a model and its settings to the unfitted model.
    """

    def __init__(self, archive: zipfile.ZipFile, make: Callable[[str, dict], object]) -> None:
        self._archive, self._make = archive, make

    def decode(self, value):
        """The value that was encoded.

        Raises:
            DataError: no value that `Writer` could have made.
        """
        if not isinstance(value, dict):
            if value is None or isinstance(value, bool | str | int | float):
                return value
            raise DataError(f"a bare {type(value).__name__} is nothing that is saved")
        kinds = {
            "number": lambda v: float(v["text"]),
            "strings": self._strings,
            "array": self._array,
            "sparse": self._sparse,
            "frame": self._frame,
            "series": lambda v: self._frame(v).iloc[:, 0],
            "unfitted": lambda v: self._make(v["name"], self.decode(v["settings"])),
            "tuple": lambda v: tuple(map(self.decode, v["values"])),
            "list": lambda v: list(map(self.decode, v["values"])),
            "dict": lambda v: {self.decode(key): self.decode(part) for key, part in v["pairs"]},
        }
        if value.get(KIND) not in kinds:
            raise DataError(f"there is no kind of value {value.get(KIND)!r}")
        return kinds[value[KIND]](value)

    def _strings(self, value: dict) -> np.ndarray:
        if not all(isinstance(text, str) for text in value["values"]):
            raise DataError("labels must be strings")
        array = np.empty(len(value["values"]), object)
        array[:] = value["values"]
        return array

    def _array(self, value: dict) -> np.ndarray:
        with self._archive.open(value["member"]) as file:
            return np.lib.format.read_array(io.BytesIO(file.read()), allow_pickle=False)

    def _sparse(self, value: dict) -> sparse.csr_array:
        data, indices, indptr = map(self.decode, value["parts"])
        matrix = sparse.csr_array((data, indices, indptr), shape=tuple(value["shape"]))
        matrix.check_format(full_check=True)  # an index out of bounds would read foreign memory
        return matrix

    def _frame(self, value: dict) -> pd.DataFrame:
        index, columns = self._index(value["index"]), self._index(value["columns"])
        arrays = dict(enumerate(map(self.decode, value["values"])))
        frame = pd.DataFrame(arrays, index=index)
        frame.columns = columns
        return frame

    def _index(self, value: dict) -> pd.Index:
        levels, names = [self.decode(level) for level in value["levels"]], value["names"]
        if len(levels) == 1:
            return pd.Index(levels[0], name=names[0])
        return pd.MultiIndex.from_arrays(levels, names=names)
