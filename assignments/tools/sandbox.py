"""The walls around a submission: what a process inside can see and reach.

With bubblewrap (`apt-get install bubblewrap`): no network, no files but Python, the library and
its data, none of them writable, and processes that cannot outlive it. Without it only limits of
time and memory hold: a submission can then read what the teacher can read, answer keys included.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from assignments.tools.release import SUPPORT
from recsys_lib.datasets.cache import cache_folder

ROOT = Path(__file__).resolve().parents[2]
RUNNER = Path(__file__).with_name("runner.py")
PLAIN = Path(__file__).with_name("plain.py")
SCRATCH_BYTES = 256_000_000  # what a submission may write
WARNING = """\
WARNING: bubblewrap is missing, or may not make a sandbox here. Submissions are not shut in: they
can read your files, answer keys included, and use the network. Limits of time and memory still
hold. Install it (on Debian and Ubuntu: sudo apt-get install bubblewrap), or grade only people you
trust."""


def shut_in() -> bool:
    """Whether bubblewrap is here and Python starts inside its walls."""
    if not shutil.which("bwrap"):
        return False
    command = [*bwrap_command("matinee"), sys.executable, "-c", "import numpy"]
    return subprocess.run(command, capture_output=True, env=environment("/tmp")).returncode == 0


def visible_paths(data: str) -> list[str]:
    """What a submission may read: the system's programs, Python, the library and its data."""
    ours = [ROOT / "recsys_lib", ROOT / "data", SUPPORT, RUNNER, PLAIN]
    if data != "matinee":
        ours.append(real_data())
    system = ["/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime"]
    return [*system, sys.base_prefix, sys.prefix, *(str(path) for path in ours if path.exists())]


def real_data() -> Path:
    """The folder that holds MovieLens: a submission has no network to fetch it."""
    return Path(os.environ.get("RECSYS_DATA") or cache_folder())


def bwrap_command(data: str) -> list[str]:
    """bubblewrap and its arguments, up to the program that is to run inside."""
    command = ["bwrap", "--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000"]
    command += ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "class"]
    size = ["--size", str(SCRATCH_BYTES)]
    command += ["--proc", "/proc", "--dev", "/dev", *size, "--tmpfs", "/dev/shm"]
    command += [*size, "--tmpfs", "/tmp"]  # before the rest, which may lie in /tmp itself
    for path in visible_paths(data):
        command += ["--ro-bind-try", path, path]
    command += ["--dir", "/tmp/home", "--chdir", "/tmp/home"]
    return [*command, "--remount-ro", "/dev", "--remount-ro", "/"]


def environment(home: str) -> dict[str, str]:
    """Nothing of the teacher's environment but what Python and the data need."""
    one_thread = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    places = {"HOME": home, "TMPDIR": home, "IPYTHONDIR": f"{home}/.ipython", "MPLCONFIGDIR": home}
    return (
        one_thread
        | places
        | {
            "RECSYS_DATA": str(real_data()),
            "LANG": "C.UTF-8",
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(SUPPORT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        }
    )
