"""On which systems can the lock be installed without compiling? ``python -m benchmarks.wheels``.

Asks the package index through uv for the files of every pinned package, prints where one has no
wheel, and writes wheels.csv, which a test compares with the lock: so whoever changes the lock has
to ask again. Only this command uses the network.
"""

from __future__ import annotations

import csv
import itertools
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging import tags
from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "assignments/requirements.lock")
HEAD = ("lock", "package", "version", "missing")
RESULT = Path(__file__).with_name("wheels.csv")
PYTHONS = ((3, 11), (3, 12), (3, 13), (3, 14))
GLIBC = 28  # manylinux_2_28: every Linux with glibc 2.28 (2018) or newer
SYSTEMS = {
    "Linux x86": ("linux", "x86_64"),
    "Linux Arm": ("linux", "aarch64"),
    "macOS Apple": ("darwin", "arm64"),
    "macOS Intel": ("darwin", "x86_64"),
    "Windows": ("win32", "AMD64"),
}


def main() -> int:
    rows = [(lock, *row) for lock in LOCKS for row in judged(ROOT / lock)]
    with RESULT.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEAD, *rows])
    lacking = [row for row in rows if row[-1]]
    for lock, package, version, where in lacking:
        print(f"{lock}: {package} {version} has no wheel for {where}")
    combinations = f"{len(PYTHONS)} Pythons on {len(SYSTEMS)} systems"
    print(f"{len(rows)} pins, {combinations}: {'see above' if lacking else 'all have wheels'}")
    return int(bool(lacking))


def judged(lock: Path) -> Iterator[tuple[str, str, str]]:
    """Package, version and where it has no wheel, of every pin of a lock."""
    known = wheels_of_index(lock)
    for pin in pins(lock.read_text(encoding="utf-8")):
        wheels = known.get((pin.name, pin.version), [])
        yield pin.name, pin.version, " ".join(missing(pin, wheels))


class Pin:
    """One package at one version, and where it is wanted."""

    def __init__(self, line: str) -> None:
        requirement = Requirement(line)
        (exact,) = requirement.specifier
        self.name, self.version = requirement.name, exact.version
        self.marker = requirement.marker

    def wanted(self, system: str, python: tuple[int, int]) -> bool:
        """Whether its marker holds there."""
        return self.marker is None or self.marker.evaluate(environment(system, python))


def environment(system: str, python: tuple[int, int]) -> dict[str, str]:
    """What a marker may ask of a system."""
    platform, machine = SYSTEMS[system]
    version = f"{python[0]}.{python[1]}"
    return {
        "sys_platform": platform,
        "platform_machine": machine,
        "platform_system": {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}[platform],
        "os_name": "nt" if platform == "win32" else "posix",
        "python_version": version,
        "python_full_version": f"{version}.9",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }


def pins(lock: str) -> list[Pin]:
    """Every pin of a lock; a package has several where systems or Pythons need other versions."""
    lines = [line for line in lock.splitlines() if line and line[0] not in " #-"]
    return [Pin(line.removesuffix("\\").strip()) for line in lines]


def wheels_of_index(lock: Path) -> dict[tuple[str, str], list[str]]:
    """Name and version → file names of the wheels that the index has of it."""
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("benchmarks.wheels asks the index through uv: pip install uv")
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "pylock.toml"
        command = [uv, "pip", "compile", lock, "--universal", "--python-version", "3.11"]
        command += ["--no-deps", "--no-header", "--quiet", "--output-file", written]
        subprocess.run([*command, "--format", "pylock.toml"], check=True)
        packages = tomllib.loads(written.read_text(encoding="utf-8"))["packages"]
    return {
        (package["name"], package["version"]): [
            wheel["url"].rpartition("/")[2] for wheel in package.get("wheels", [])
        ]
        for package in packages
    }


def missing(pin: Pin, wheels: list[str]) -> list[str]:
    """Where the pin is wanted and no wheel fits: ``Linux-Arm-3.14`` and so on."""
    built = {tag for wheel in wheels for tag in parse_wheel_filename(wheel)[3]}
    return [
        f"{system} {python[0]}.{python[1]}".replace(" ", "-")
        for system, python in itertools.product(SYSTEMS, PYTHONS)
        if pin.wanted(system, python) and built.isdisjoint(supported(system, python))
    ]


def supported(system: str, python: tuple[int, int]) -> Iterator[tags.Tag]:
    """The tags of wheels that a Python can use on a system."""
    platforms = list(platforms_of(*SYSTEMS[system]))
    yield from tags.cpython_tags(python, platforms=platforms)
    yield from tags.compatible_tags(python, f"cp{python[0]}{python[1]}", platforms)


def platforms_of(platform: str, machine: str) -> Iterator[str]:
    """The platform tags of a system, the newest first."""
    if platform == "darwin":
        yield from tags.mac_platforms((14, 0), machine)
    elif platform == "win32":
        yield "win_amd64"
    else:
        yield from (f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC, 4, -1))
        yield from (f"manylinux{year}_{machine}" for year in (2014, 2010, 1))
        yield f"linux_{machine}"


if __name__ == "__main__":
    sys.exit(main())
