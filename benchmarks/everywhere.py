"""Do the tests hold on other processors? ``python -m benchmarks.everywhere``.

OpenBLAS and numpy choose their code by what the processor can do, and different code rounds
differently. Both let it be chosen by hand, so one machine can stand in for many:

- ``OPENBLAS_CORETYPE`` names the kernels of OpenBLAS, from Prescott (any processor of this century)
  to SkylakeX (AVX-512);
- ``NPY_DISABLE_CPU_FEATURES`` turns off numpy's own vector code;
- one BLAS thread or two share sums out differently.

Each run is a fresh process with exactly these settings, whatever the shell has set. The table is
printed as it grows; the exit code is 1 if any run failed.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KERNELS = {
    "Prescott": "SSE3",
    "Nehalem": "SSE42",
    "Sandybridge": "AVX",
    "Haswell": "AVX2",
    "SkylakeX": "AVX512F",
}
"""OpenBLAS's kernels for x86, and what a processor must be able to do for each."""
OWN = "own"
PYTEST = ("-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
PARTS = {
    "tests": (
        *(*PYTEST, "--ignore", "tests/site", "--ignore", "tests/scale/spark"),
        *("--ignore", "tests/assignments/slow", "--ignore", "tests/models/compiled"),
    ),
    "numerics": (
        *(*PYTEST, "tests/data", "tests/metrics", "tests/models", "tests/rerank"),
        *("tests/explain", "tests/simulation", "--ignore", "tests/models/compiled"),
    ),
    "notebooks": (*PYTEST, "--nbval", "--nbval-current-env", "chapters"),
}
"""What can be run: all of `make test`, only what depends on sums, the chapters' stored outputs."""
CAN = (
    "from numpy._core import _multiarray_umath as m;"
    "print(*(name for name, can in m.__cpu_features__.items() if can), '|',"
    "*(name for name in m.__cpu_dispatch__ if m.__cpu_features__[name]))"
)
RAN = (
    "import numpy, scipy.linalg, threadpoolctl;"
    "print(*{lib['architecture'] for lib in threadpoolctl.threadpool_info()"
    " if lib['internal_api'] == 'openblas'} or {'another BLAS'})"
)
SET_BY_HAND = re.compile(r"OPENBLAS_|OMP_|MKL_|NPY_DISABLE_CPU|NPY_ENABLE_CPU")


@dataclass(frozen=True)
class Machine:
    """A processor to stand in for."""

    kernel: str
    vector: bool
    threads: int

    def environment(self, vector_code: list[str]) -> dict[str, str]:
        """All variables of a process on it; ``vector_code`` is what numpy has to turn off."""
        kept = {name: text for name, text in os.environ.items() if not SET_BY_HAND.match(name)}
        threads = str(self.threads)
        kept |= {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        if self.kernel != OWN:
            kept["OPENBLAS_CORETYPE"] = self.kernel
        if not self.vector and vector_code:
            kept["NPY_DISABLE_CPU_FEATURES"] = " ".join(vector_code)
        return kept


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [*KERNELS, OWN]
    parser.add_argument("--kernels", nargs="+", choices=names, default=list(KERNELS))
    parser.add_argument("--vector", nargs="+", choices=["on", "off"], default=["on", "off"])
    parser.add_argument("--threads", nargs="+", type=int, choices=[1, 2], default=[1, 2])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=["tests", "notebooks"])
    asked = parser.parse_args(arguments)
    features, vector_code = what_this_one_can()
    features.append("")  # what its own kernels need
    kernels = [name for name in asked.kernels if KERNELS.get(name, "") in features]
    for name in sorted(set(asked.kernels) - set(kernels)):
        print(f"{name}: left out, this processor has no {KERNELS[name]}")
    print(line("kernel", "runs as", "vector", "threads", "part", "result", "minutes"), flush=True)
    failed = False
    for kernel, vector, threads in itertools.product(kernels or [OWN], asked.vector, asked.threads):
        machine = Machine(kernel, vector == "on", threads)
        environment = machine.environment(vector_code)
        for part in asked.parts:
            started = time.perf_counter()
            outcome, wrong = run(PARTS[part], environment)
            minutes = f"{(time.perf_counter() - started) / 60:.1f}"
            print(line(kernel, runs_as(environment), vector, threads, part, outcome, minutes),
                  flush=True)  # fmt: skip
            print(wrong, end="", flush=True)
            failed |= bool(wrong)
    return int(failed)


def what_this_one_can() -> tuple[list[str], list[str]]:
    """The processor's features, and those for which numpy has code that it can turn off."""
    features, _, code = ask(CAN, Machine(OWN, True, 1).environment([])).partition("|")
    return features.split(), code.split()


def runs_as(environment: dict[str, str]) -> str:
    """The kernels that OpenBLAS says it uses; for Prescott it says Katmai, its elder name."""
    return ask(RAN, environment).strip()


def ask(code: str, environment: dict[str, str]) -> str:
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def run(part: tuple[str, ...], environment: dict[str, str]) -> tuple[str, str]:
    """pytest's own count of a part, and if it is not green, what failed."""
    command = [sys.executable, *part]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    said = done.stdout.strip().split("\n")
    counted = re.sub(r" in [\d.]+s.*", "", said[-1]).strip("= ")
    if done.returncode == 0:
        return counted, ""
    failures = [text for text in said if text.startswith(("FAILED", "ERROR"))]
    return counted or "no answer", "".join(f"    {text}\n" for text in failures or said[-20:])


def line(*cells: object) -> str:
    widths = (12, 12, 7, 8, 10, 32, 7)
    return " ".join(f"{cell!s:<{width}}" for cell, width in zip(cells, widths, strict=True))


if __name__ == "__main__":
    sys.exit(main())
