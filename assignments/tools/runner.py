"""Runs a student's cells; started inside the sandbox, as a script, and trusted by nobody.

One request a line on standard input, one reply a line on standard output, both JSON:

    {"id": "...", "kind": "cell" | "check" | "hidden" | "fingerprint", "code": "..."}
    {"id": "...", "outputs": [...], "error": null or {"name", "text", "trace"}, "print": {...}}

A check is run by Python itself, without the notebook's machinery, which a cell can alter. Hidden
checks run in a copy of the notebook's names, so that they share theirs and nobody else's. The
fingerprint says which function each name of the libraries stands for, and what else is running:
when it is no longer that of the start, somebody replaced what the checks rely on.
"""

import base64
import builtins
import contextlib
import io
import json
import os
import resource
import sys
import threading
import traceback
from types import FunctionType, ModuleType

import checks
import class_data  # noqa: F401
import numpy
import pandas
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

LIMIT = 50_000  # characters kept of what one cell prints; as many for one table
PICTURES = 1_000_000  # characters kept of one picture
WATCHED = ("builtins", "math", "numpy", "pandas", "recsys_lib", "checks", "class_data")


class Capped(io.StringIO):
    """Standard output that forgets what comes after the limit."""

    def write(self, text):
        room = LIMIT - self.tell()
        if room > 0:
            super().write(text[:room])
            if len(text) >= room:
                super().write("\n... (more was printed; it was not kept)")
        return len(text)


def limit_resources(memory, file_bytes):
    """Limits that neither this process nor its children can raise again."""
    # Processes are counted by the worker. The system's own limit stops what is faster than it, and
    # is wide, since older systems count everything that the teacher runs.
    wanted = {"RLIMIT_AS": memory, "RLIMIT_FSIZE": file_bytes, "RLIMIT_CORE": 0,
              "RLIMIT_NOFILE": 256, "RLIMIT_NPROC": 2000}  # fmt: skip
    for name, value in wanted.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (value, value))


def make_shell():
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = InteractiveShell.instance(config=config)
    shell._showtraceback = lambda *_: None  # errors are reported apart from what was printed
    return shell


def run_cell(shell, code):
    """A student's cell, as a notebook runs it: outputs and error."""
    with shell.display_trap, capture_output() as kept:
        sys.stdout, sys.stderr = kept._stdout, kept._stderr = Capped(), Capped()
        result = shell.run_cell(code, store_history=False)
    return outputs_of(kept), error_of(result.error_before_exec or result.error_in_exec)


def run_check(names, code):
    """The course's own check, run bare: nothing but Python between it and its verdict.

    What the check calls is the real thing, even where the notebook gave its name to something else.
    """
    real = {"__builtins__": builtins, "np": numpy, "pd": pandas}
    real |= {name: value for name, value in vars(builtins).items() if name[0] != "_"}
    real |= {name: value for name, value in vars(checks).items() if name[0] != "_"}
    own, printed, error = {**names, **real}, Capped(), None
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            exec(compile(code, "<check>", "exec"), own)
        except BaseException as problem:
            error = error_of(problem)
    names.update((name, value) for name, value in own.items() if name not in real)
    return [], error


def error_of(problem):
    if problem is None:
        return None
    lines = traceback.format_exception(type(problem), problem, problem.__traceback__)
    own = [line for line in lines if __file__ not in line and "interactiveshell.py" not in line]
    text = "".join(own)
    return {"name": type(problem).__name__, "text": str(problem)[:2000], "trace": text[-4000:]}


def outputs_of(kept):
    """What a cell showed, in the notebook format, cut to the limits."""
    outputs = []
    for name, text in (("stdout", kept.stdout), ("stderr", kept.stderr)):
        if text:
            outputs.append({"output_type": "stream", "name": name, "text": text})
    for shown in kept.outputs[:50]:
        data = {}
        for kind, value in shown.data.items():
            limit = PICTURES if kind.startswith("image/") else LIMIT
            if isinstance(value, bytes):
                value = base64.b64encode(value).decode()
            if isinstance(value, str) and len(value) <= limit:
                data[kind] = value
        outputs.append(
            {"output_type": "display_data", "data": data or {"text/plain": "(too large)"}}
        )
        outputs[-1]["metadata"] = {}
    return outputs


def fingerprint():
    """Name of each function, class and module of the libraries → which object it is now."""
    found = {"trace": str((sys.gettrace(), sys.getprofile()))}
    threads = [one.name for one in threading.enumerate() if "tqdm" not in type(one).__module__]
    found["threads"] = str(sorted(threads))  # a progress bar's own thread is no cause for alarm
    for name, module in list(sys.modules.items()):
        if isinstance(module, ModuleType) and name.split(".")[0] in WATCHED:
            for key, value in list(vars(module).items()):
                look(found, f"{name}.{key}", value)
                if isinstance(value, type) and value.__module__ == name:
                    members = list(vars(value).items())
                    found[f"{name}.{key}"] += f" {sum(callable(one) for _, one in members)}"
                    for part, member in members:
                        look(found, f"{name}.{key}.{part}", member)
    return found


def look(found, name, value):
    if isinstance(value, FunctionType):
        found[name] = f"{id(value)} {id(value.__code__)} {id(value.__defaults__)}"
    elif isinstance(value, ModuleType) or callable(value):
        found[name] = str(id(value))


def main():
    memory, file_bytes = map(int, sys.argv[1:3])
    requests, replies = os.fdopen(os.dup(0), "r"), os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    limit_resources(memory, file_bytes)
    shell = make_shell()
    apart = None
    for line in requests:
        request = json.loads(line)
        reply = {"id": request["id"], "outputs": [], "error": None, "print": {}}
        if request["kind"] == "fingerprint":
            reply["print"] = fingerprint()
        else:
            code = request["code"]
            if request["kind"] == "cell":
                reply["outputs"], reply["error"] = run_cell(shell, code)
            elif request["kind"] == "check":
                reply["outputs"], reply["error"] = run_check(shell.user_ns, code)
            else:
                apart = apart or dict(shell.user_ns)
                reply["outputs"], reply["error"] = run_check(apart, code)
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
