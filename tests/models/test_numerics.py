"""What a process is allowed counts as much as what the machine has."""

import subprocess
import sys

import pytest

from recsys_lib.errors import TooLargeError
from recsys_lib.models import numerics

LIMITED = """
import resource
from recsys_lib.errors import TooLargeError
from recsys_lib.models import numerics
numerics.available_memory = lambda: 2**62  # the machine has plenty
resource.setrlimit(resource.RLIMIT_AS, (2**33, 2**33))
numerics.check_memory(2**20, "These", "Ask for less.")
try:
    numerics.check_memory(2**34, "These", "Ask for less.")
except TooLargeError as error:
    print(error)
"""


def test_a_limit_of_the_process_is_found_before_the_work():
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux holds a process to such a limit")
    ran = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "These need 17,179,869,184 bytes" in ran.stdout and "Ask for less." in ran.stdout


def test_where_the_system_does_not_say_nothing_is_refused(monkeypatch):
    monkeypatch.setattr(numerics, "available_memory", lambda: None)
    numerics.check_memory(1000, "These", "Ask for less.")
    monkeypatch.setattr(numerics, "available_memory", lambda: 999)
    with pytest.raises(TooLargeError, match="999 are free"):
        numerics.check_memory(1000, "These", "Ask for less.")
