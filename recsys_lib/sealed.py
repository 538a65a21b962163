"""A sparse matrix that cannot be changed, and whatever is computed from it can."""

from __future__ import annotations

from scipy import sparse

from recsys_lib.errors import DataError


class SealedArray(sparse.csr_array):
    """A view of a CSR array that refuses to be changed; slices, products and copies are ordinary.

    scipy replaces the arrays of a matrix when a cell is filled, and lets anyone replace them, so
    arrays that cannot be written to are not enough.
    """

    def __new__(cls, *args, **kwargs) -> sparse.csr_array:
        # scipy makes its results with the class of what they are made of.
        return sparse.csr_array(*args, **kwargs)

    @classmethod
    def of(cls, matrix: sparse.csr_array) -> SealedArray:
        """The matrix sealed, its arrays made read-only; `matrix` itself can still be refilled."""
        for array in (matrix.data, matrix.indices, matrix.indptr):
            array.flags.writeable = False
        sealed = object.__new__(cls)
        vars(sealed).update(vars(matrix))
        return sealed

    def __reduce__(self):
        return sparse.csr_array, ((self.data, self.indices, self.indptr), self.shape)

    def __setattr__(self, name: str, value) -> None:
        if not name.removeprefix("_").startswith("has_"):  # what scipy remembers of the order
            self._refuse()
        super().__setattr__(name, value)

    def _refuse(self, *args, **kwargs) -> None:
        raise DataError("an Interactions cannot be changed",
                        fix="Change a copy (log.matrix.copy()), or make a new one with"
                            " Interactions.from_frame.")  # fmt: skip

    __delattr__ = __setitem__ = __imul__ = __itruediv__ = _refuse
    resize = setdiag = eliminate_zeros = prune = _refuse
