"""Runs a student's code; started inside the sandbox, as a script, and trusted by nobody.

One request a line on standard input, one reply a line on standard output, both JSON:

    {"id": ..., "kind": "cell", "code": ...}                  → {"outputs": [...], "error": ...}
    {"id": ..., "kind": "call", "name": ..., "args": ..., "named": ...}
                                                              → {"value": ..., "after": ...}
    {"id": ..., "kind": "value", "name": ...}                 → {"value": ...}

Values are as in `plain.py`. No check, no expected value and no verdict ever comes here: the checks
are run by another process, which only asks what a function makes of an input. While a function
runs it may call one that it was handed: {"callback": number, "args": ...} goes out, and the next
line in is the answer.
"""

import base64
import contextlib
import io
import json
import os
import resource
import sys
import traceback

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from plain import decode, encode
from traitlets.config import Config

LIMIT = 50_000  # characters kept of what one cell prints; as many for one table
PICTURES = 1_000_000  # characters kept of one picture


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


def run_cell(shell, request):
    """A cell, as a notebook runs it: outputs and error."""
    with shell.display_trap, capture_output() as kept:
        sys.stdout, sys.stderr = kept._stdout, kept._stderr = Capped(), Capped()
        result = shell.run_cell(request["code"], store_history=False)
    error = error_of(result.error_before_exec or result.error_in_exec)
    return {"outputs": outputs_of(kept), "error": error}


def answer(names, request, ask):
    """What a name stands for, or what the function of that name makes of the arguments."""
    quiet = Capped()
    with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        try:
            value = known(names, request["name"])
            if request["kind"] == "value":
                return {"value": encode(value)}
            args, named = (decode(request[part], call=ask) for part in ("args", "named"))
            value = encode(value(*args, **named))
            left = [None if callable(one) else one for one in (*args, *named.values())]
            return {"value": value, "after": encode(left) if request["after"] else None}
        except BaseException as problem:
            return {"error": error_of(problem)}


def known(names, name):
    if name not in names:
        raise NameError(f"{name} is not defined")
    return names[name]


def error_of(problem):
    if problem is None:
        return None
    lines = traceback.format_exception(type(problem), problem, problem.__traceback__)
    own = [line for line in lines if __file__ not in line and "interactiveshell.py" not in line]
    text = "".join(own)
    return {"name": type(problem).__name__, "text": str(problem)[:2000], "trace": text[-4000:]}


def outputs_of(kept):
    """What a cell showed: its text, and pictures as PNG. Nothing else of it is ever read."""
    outputs = []
    for name, text in (("stdout", kept.stdout), ("stderr", kept.stderr)):
        if text:
            outputs.append({"output_type": "stream", "name": name, "text": text})
    for shown in kept.outputs[:50]:
        data = {}
        for kind, limit in (("text/plain", LIMIT), ("image/png", PICTURES)):
            value = shown.data.get(kind)
            if isinstance(value, bytes):
                value = base64.b64encode(value).decode()
            if isinstance(value, str) and len(value) <= limit:
                data[kind] = value
        data = data or {"text/plain": "(too large, or not text)"}
        outputs.append({"output_type": "display_data", "data": data, "metadata": {}})
    return outputs


class Border:
    """The two pipes."""

    def __init__(self):
        self.requests, self.replies = os.fdopen(os.dup(0), "r"), os.fdopen(os.dup(1), "w")

    def send(self, message):
        self.replies.write(json.dumps(message) + "\n")
        self.replies.flush()

    def callback(self, number):
        """A function of the checker's that the student's code was handed."""

        def function(*args, **named):
            self.send({"callback": number, "args": encode(args), "named": encode(named)})
            reply = json.loads(self.requests.readline())
            if "error" in reply:
                raise RuntimeError(reply["error"])
            return decode(reply["value"])

        return function


def main():
    memory, file_bytes = map(int, sys.argv[1:3])
    border = Border()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    limit_resources(memory, file_bytes)
    shell = make_shell()
    for line in border.requests:
        request = json.loads(line)
        if request["kind"] == "cell":
            reply = run_cell(shell, request)
        else:
            reply = answer(shell.user_ns, request, border.callback)
        border.send({"id": request["id"]} | reply)


if __name__ == "__main__":
    main()
