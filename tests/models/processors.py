"""What a function gives where JAX's compiler may use no more than an older processor can do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable


def printed_on(isa: str, function: Callable[[], list], *, after: str = "") -> str:
    """What ``function`` of a test module returns, in a process of its own, as ``print`` shows it.

    ``isa`` is the compiler's name for what the processor can do, such as SSE4_2; ``after`` is code
    that runs before the module is imported.
    """
    name = function.__name__
    code = f"{after}\nfrom {function.__module__} import {name}; print(*{name}())"
    flags = {"XLA_FLAGS": f"--xla_cpu_max_isa={isa}"}
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | flags,
                          capture_output=True, text=True, check=True)  # fmt: skip
    return done.stdout.strip()
