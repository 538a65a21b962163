"""Stages of a long job that stand on disk: what is finished is not made again.

Spark replaces a worker that dies. It does not outlive its driver, the process that tells workers
what to do: stop that, and all is gone but what was written. So each stage is written as parquet,
and then, when all of it stands, a mark: what it was made of, and which files it has. Only a stage
with its mark is taken up again, and only if every file is still there.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from recsys_lib.errors import ArgumentError, DataError


class Checkpoints:
    """A folder of stages.

    Args:
        spark: the session.
        folder: an address that all workers see: a folder here for a local master; on a cluster
            hdfs://… or s3a://….
        say: is told in one line what becomes of each stage.
    """

    def __init__(self, spark, folder: str, say: Callable[[str], object] = print) -> None:
        self.spark, self.folder, self.say = spark, str(folder).rstrip("/"), say

    def stage(self, name: str, settings: dict, make: Callable):
        """The stage as a DataFrame read from disk; `make()` is called only where it is not whole.

        Args:
            name: its folder.
            settings: what it was made of; anything that json can write.
            make: returns the DataFrame to write.

        Raises:
            ArgumentError: the stage stands there, made with other settings.
        """
        mark = self._read(f"{name}.json")
        if mark is not None and mark["settings"] != settings:
            differ = sorted(key for key in settings.keys() | mark["settings"].keys()
                            if settings.get(key) != mark["settings"].get(key))  # fmt: skip
            raise ArgumentError(f"The stage {name!r} was made with another {', '.join(differ)}",
                                where=self.folder, fix="Give an empty folder.")  # fmt: skip
        lost = mark and {file for file, size in mark["files"].items()
                         if self.files(name).get(file) != size}  # fmt: skip
        if mark is None or lost:
            self.say(f"{name}: {len(lost)} files lost, made again" if lost else f"{name}: started")
            self._delete(f"{name}.json")
            make().write.mode("overwrite").parquet(self.address(name))
            self._write(f"{name}.json", {"settings": settings, "files": self.files(name)})
            self.say(f"{name}: done")
        else:
            self.say(f"{name}: stands")
        return self.spark.read.parquet(self.address(name))

    def address(self, name: str) -> str:
        return f"{self.folder}/{name}"

    def files(self, name: str) -> dict[str, int]:
        """Bytes of each file of a stage."""
        return {file: size for file, size, _ in files_at(self.spark, self.address(name))}

    # By Hadoop's file systems, which know every address that Spark knows.

    def _place(self, name: str):
        return _place(self.spark, self.address(name))

    def _read(self, name: str) -> dict | None:
        disk, path = self._place(name)
        if not disk.exists(path):
            return None
        stream = disk.open(path)
        try:
            text = self.spark._jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8")
        finally:
            stream.close()
        try:
            return json.loads(text)
        except ValueError:
            return None  # never whole, so the stage is made again

    def _write(self, name: str, mark: dict) -> None:
        """Under another name first: a mark is there whole, or not at all."""
        disk, path = self._place(name)
        _, unfinished = self._place(f".{name}.unfinished")
        stream = disk.create(unfinished, True)
        stream.write(bytearray(json.dumps(mark, indent=1).encode()))
        stream.close()
        if not disk.rename(unfinished, path):
            raise DataError("The mark of a finished stage could not be written", where=str(path))

    def _delete(self, name: str) -> None:
        disk, path = self._place(name)
        disk.delete(path, True)


def files_at(spark, address: str) -> list[tuple[str, int, int]]:
    """Name, bytes and time of change of the files of a folder, or of one file; [] if none."""
    disk, path = _place(spark, address)
    if not disk.exists(path):
        return []
    found = [(status.getPath().getName(), status.getLen(), status.getModificationTime())
             for status in disk.listStatus(path) if status.isFile()]  # fmt: skip
    return sorted(one for one in found if not one[0].startswith(("_", ".")))


def _place(spark, address: str):
    path = spark._jvm.org.apache.hadoop.fs.Path(address)
    return path.getFileSystem(spark._jsc.hadoopConfiguration()), path
