"""A process that runs a submission's cells one after another, may use little, and can be ended."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from assignments.tools.sandbox import RUNNER, SCRATCH_BYTES, bwrap_command, environment

REPLY_BYTES = 40_000_000


@dataclass(frozen=True)
class Limits:
    """What one submission may use; seconds are of the clock on the wall."""

    cell_seconds: float = 60
    total_seconds: float = 600
    memory_bytes: int = 4_000_000_000
    processes: int = 64


class StoppedError(RuntimeError):
    """The process died or was ended: why."""


class Worker:
    """A running Python that takes one cell after another, and what it used so far."""

    def __init__(self, limits: Limits, data: str = "matinee", closed: bool = True) -> None:
        self.limits, self.home = limits, tempfile.mkdtemp(prefix="class-")
        inside = "/tmp/home" if closed else self.home
        command = [*bwrap_command(data)] if closed else []
        command += [sys.executable, "-B", str(RUNNER), str(limits.memory_bytes), str(SCRATCH_BYTES)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment(inside), cwd=self.home, start_new_session=True,
        )  # fmt: skip
        os.set_blocking(self.process.stdout.fileno(), False)
        self.peak_bytes, self.ends = 0, time.monotonic() + limits.total_seconds
        self.idle_processes: int | None = None

    def ask(self, kind: str, code: str = "") -> dict:
        """One request and its reply.

        Raises:
            StoppedError: the time was up, too much was used, the process died, or the reply is not
                an answer to this request.
        """
        number = secrets.token_hex(8)
        request = json.dumps({"id": number, "kind": kind, "code": code}) + "\n"
        try:
            self.process.stdin.write(request.encode())
            self.process.stdin.flush()
        except OSError:
            raise StoppedError("the process ended by itself") from None
        try:
            reply = json.loads(self._line())
            if reply["id"] != number or not {"outputs", "error", "print"} <= set(reply):
                raise KeyError
        except (ValueError, KeyError, TypeError):
            raise StoppedError("the process sent something that is not a reply") from None
        return reply

    def _line(self) -> bytes:
        out, received = self.process.stdout, b""
        ends = min(time.monotonic() + self.limits.cell_seconds, self.ends)
        while not received.endswith(b"\n"):
            if select.select([out], [], [], 0.1)[0]:
                piece = os.read(out.fileno(), 1 << 20)
                if not piece:
                    raise StoppedError("the process ended by itself")
                received += piece
            if len(received) > REPLY_BYTES:
                raise StoppedError("far too much output")
            self._check_use()
            if time.monotonic() > ends:
                raise StoppedError("the time was up")
        return received

    def _check_use(self) -> None:
        count, used = family(self.process.pid)
        self.peak_bytes = max(self.peak_bytes, used)
        if count > self.limits.processes:
            raise StoppedError(f"{count} processes were running")
        if used > self.limits.memory_bytes:
            raise StoppedError("the memory was used up")

    def processes(self) -> int:
        """How many processes run in it now."""
        return family(self.process.pid)[0]

    def close(self) -> None:
        """End every process of it and remove what it wrote."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        shutil.rmtree(self.home, ignore_errors=True)


def family(pid: int) -> tuple[int, int]:
    """Number of a process's descendants, itself included, and their resident memory in bytes."""
    children, resident = {}, {}
    page = os.sysconf("SC_PAGE_SIZE")
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(entry.name))
        resident[int(entry.name)] = int(fields[21]) * page
    queue, members = [pid], []
    while queue:
        members.append(queue.pop())
        queue += children.get(members[-1], [])
    return len(members), sum(resident.get(member, 0) for member in members)
