"""JAX and optax, or one sentence where they cannot be had; float64 while a model learns.

Nothing is imported before it is asked for, and nothing is set for the rest of the program: whoever
computes with JAX beside this library keeps the precision and the threads of their own.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import ModuleType

from recsys_lib.errors import MissingPackageError

ONE_THREAD = {"xla_cpu_multi_thread_eigen": False}
"""For `jax.jit(compiler_options=...)`: what is computed keeps to one core, as the rest does."""


def library() -> tuple[ModuleType, ModuleType]:
    """The packages jax and optax.

    Raises:
        MissingPackageError: one of them is not installed.
    """
    try:
        import jax
        import optax
    except ImportError:
        raise MissingPackageError(
            "this needs the packages jax and optax, which are not installed",
            fix="Install them with: pip install jax optax (for Intel Macs jax is not built: use"
                " Colab there, or DenoisingAutoencoder, which needs numpy alone).",
        ) from None  # fmt: skip
    return jax, optax


def in_float64() -> AbstractContextManager:
    """A context in which JAX computes with 64 bits."""
    jax, _ = library()
    return jax.enable_x64(True)
