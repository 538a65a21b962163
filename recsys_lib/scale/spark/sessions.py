"""A Spark session, or one sentence where Java or pyspark cannot be had."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from recsys_lib.errors import MissingPackageError

OLDEST_JAVA = 17
GET_JAVA = (
    "Install a Java runtime of version 17 or 21: apt install openjdk-17-jre-headless (or"
    " default-jre-headless) on Debian and Ubuntu, brew install openjdk@17 on a Mac, Temurin's"
    " installer on Windows; or point JAVA_HOME to one."
)


def java() -> Path:
    """The program that Spark would start: JAVA_HOME's, or else the first on PATH.

    Raises:
        MissingPackageError: there is none, it does not run, or it is older than 17.
    """
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    where = f"JAVA_HOME={home}" if home else "PATH"
    if found is None:
        raise MissingPackageError("Spark runs on Java, and there is none", where=where,
                                  fix=GET_JAVA)  # fmt: skip
    asked = subprocess.run([found, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(?:1\.)?(\d+)', asked.stderr)
    if asked.returncode or version is None:
        raise MissingPackageError("Java does not say its version", where=found, fix=GET_JAVA)
    if int(version[1]) < OLDEST_JAVA:
        raise MissingPackageError(f"Spark needs Java {OLDEST_JAVA}, and this is Java {version[1]}",
                                  where=found, fix=GET_JAVA)  # fmt: skip
    return Path(found)


def session(master: str, *, memory: str = "2g", options: Mapping[str, str] | None = None):
    """A session of Spark at this master.

    Args:
        master: where the work is done: ``local[2,4]`` is two cores of this machine, and four
            attempts at each task (``local[2]`` gives up at the first that fails);
            ``spark://host:7077``, ``yarn`` or ``k8s://…`` is a cluster, whose workers need Python
            with numpy, scipy and pyarrow, and not this library.
        memory: of the driver, which in local mode does all the work, as Java writes it: 2g.
        options: further settings of Spark, by their names.

    Returns:
        pyspark.sql.SparkSession. Stop it when done.

    Raises:
        MissingPackageError: pyspark, pyarrow or a Java of 17 or newer is missing.
    """
    for package in ("pyspark", "pyarrow"):
        if find_spec(package) is None:
            raise MissingPackageError(f"Spark needs the package {package}, which is not installed",
                                      fix="Install it with: pip install pyspark pyarrow"
                                      " (tests/scale/spark/requirements.lock has the versions"
                                      " that are tested).")  # fmt: skip
    java()
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("recsys_lib")
    settings = {"spark.driver.memory": memory, "spark.ui.enabled": "false",
                "spark.ui.showConsoleProgress": "false",
                # A row of counts is large: ten thousand at once would be too much for a worker.
                "spark.sql.execution.arrow.maxRecordsPerBatch": "1000"}  # fmt: skip
    if master.startswith("local"):
        # The workers are this Python, and nobody outside this machine may speak to the driver.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    for name, value in (settings | dict(options or {})).items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark
