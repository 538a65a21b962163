"""A process that runs a submission's code, may use little, and can be ended.

What comes out of it is read as text of bounded length, then as JSON, then by `plain.decode`: it
can be wrong, and it can be nothing else.
"""

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
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assignments.tools.plain import PlainError, decode, encode
from assignments.tools.sandbox import RUNNER, SCRATCH_BYTES, bwrap_command, environment

START_SECONDS = 60.0  # until Python has started; no cell is to blame for it
REPLY_BYTES = 40_000_000
LOOK_EVERY = 0.2  # seconds; looking through /proc takes as long as many an answer
NO_REPLY = "the process sent something that is not a reply"


@dataclass(frozen=True)
class Limits:
    """What one submission may use; seconds are of the clock on the wall.

    memory_bytes: addresses of one process, which the system itself refuses to exceed.
    resident_bytes: memory that all its processes together really use.
    """

    cell_seconds: float = 60
    total_seconds: float = 600
    memory_bytes: int = 4_000_000_000
    resident_bytes: int = 1_000_000_000
    processes: int = 64


class StoppedError(RuntimeError):
    """The process died or was ended: why."""


class AnswerError(Exception):
    """A student's function failed: with what, in its own words."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}" if text else name)


class Worker:
    """A running Python that takes one cell after another, and what it used so far."""

    def __init__(self, limits: Limits, data: str = "matinee", closed: bool = True) -> None:
        self.limits, self.home = limits, None if closed else tempfile.mkdtemp(prefix="class-")
        inside = self.home or "/tmp/home"
        command = [*bwrap_command(data)] if closed else []
        command += [sys.executable, "-B", str(RUNNER), str(limits.memory_bytes), str(SCRATCH_BYTES)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment(inside), cwd=self.home or "/", start_new_session=True,
        )  # fmt: skip
        os.set_blocking(self.process.stdout.fileno(), False)
        self.peak_bytes, self.ends = 0, time.monotonic() + limits.total_seconds
        self.stopped, self.next_look, self.grace = "", 0.0, START_SECONDS
        self.start()

    def start(self) -> None:
        """A cell begins: its time counts from now."""
        seconds = self.limits.cell_seconds + self.grace
        self.cell_ends = min(time.monotonic() + seconds, self.ends)

    def cell(self, code: str) -> dict:
        """Run a cell: its outputs and its error, both still to be distrusted."""
        self.start()
        return self._ask({"kind": "cell", "code": code}, [])

    def call(self, name: str, args: tuple, named: dict, after: bool = False) -> tuple:
        """What the student's function makes of copies of the arguments.

        Returns:
            its value, and the arguments as the function left them where `after` asks for them.

        Raises:
            AnswerError: the function failed, or gave what is no plain data.
        """
        functions: list[Callable] = []
        sent = {part: encode(value, functions=functions) for part, value in
                (("args", list(args)), ("named", named))}  # fmt: skip
        reply = self._ask({"kind": "call", "name": name, "after": after} | sent, functions)
        return self._value(reply, "value"), self._value(reply, "after") if after else None

    def value(self, name: str):
        """What a name of the student's stands for.

        Raises:
            AnswerError: there is no such name, or it is no plain data.
        """
        return self._value(self._ask({"kind": "value", "name": name}, []), "value")

    def _value(self, reply: dict, part: str):
        error = reply.get("error")
        if error is not None:
            raise AnswerError(*error_text(error))
        try:
            return decode(reply[part])
        except (PlainError, KeyError, RecursionError) as problem:
            raise AnswerError("PlainError", str(problem)) from None

    def _ask(self, request: dict, functions: list[Callable]) -> dict:
        """One request and its reply, with the calls back that come between.

        Raises:
            StoppedError: the time was up, too much was used, the process died, or the reply is not
                an answer to this request.
        """
        number = secrets.token_hex(8)
        try:
            if self.stopped:
                raise StoppedError(self.stopped)
            self._send({"id": number} | request)
            while "callback" in (reply := self._reply()):
                self._send(call_back(functions, reply))
            if reply.get("id") != number:
                raise StoppedError(NO_REPLY)
        except StoppedError as problem:
            self.stopped = str(problem)
            raise
        self.grace = 0.0
        return reply

    def _send(self, message: dict) -> None:
        try:
            self.process.stdin.write((json.dumps(message) + "\n").encode())
            self.process.stdin.flush()
        except OSError:
            raise StoppedError("the process ended by itself") from None

    def _reply(self) -> dict:
        try:
            reply = json.loads(self._line())
        except (ValueError, RecursionError):
            reply = None
        if type(reply) is not dict:
            raise StoppedError(NO_REPLY)
        return reply

    def _line(self) -> bytes:
        out, pieces, size = self.process.stdout, [], 0
        while not pieces or not pieces[-1].endswith(b"\n"):
            if select.select([out], [], [], 0.1)[0]:
                pieces.append(os.read(out.fileno(), 1 << 20))
                size += len(pieces[-1])
                if not pieces[-1]:
                    raise StoppedError("the process ended by itself")
            if size > REPLY_BYTES:
                raise StoppedError("far too much output")
            self._check_use()
            if time.monotonic() > self.cell_ends:
                raise StoppedError("the time was up")
        return b"".join(pieces)

    def _check_use(self) -> None:
        if time.monotonic() < self.next_look:
            return
        self.next_look = time.monotonic() + LOOK_EVERY
        count, used = family(self.process.pid)
        self.peak_bytes = max(self.peak_bytes, used)
        if count > self.limits.processes:
            raise StoppedError(f"{count} processes were running")
        if used > self.limits.resident_bytes:
            raise StoppedError("the memory was used up")

    def close(self) -> None:
        """End every process of it and remove what it wrote."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        if self.home:
            shutil.rmtree(self.home, ignore_errors=True)


def error_text(error: object) -> tuple[str, str]:
    """Name and text of an error that the process reports, whatever it sent as one."""
    if type(error) is not dict:
        return "Error", ""
    name, text = (error.get(part) for part in ("name", "text"))
    return (name[:80] if type(name) is str else "Error"), (text[:2000] if type(text) is str else "")


def call_back(functions: list[Callable], reply: dict) -> dict:
    """Call the checker's own function for the student's code, plain data in and out."""
    try:
        function = functions[reply["callback"]]
        value = function(*decode(reply["args"]), **decode(reply["named"]))
        return {"value": encode(value)}
    except Exception as problem:
        return {"error": f"{type(problem).__name__}: {str(problem)[:200]}"}


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
