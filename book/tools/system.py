"""Can this machine do what is asked? In one sentence, before anything is installed.

``python book/tools/system.py book`` (or ``test``) needs nothing but Python, even an old one.
"""

import platform
import sys

OLDEST, NEWEST = (3, 11), (3, 14)
NO_SURPRISE = "Surprise, which chapters 2, 5 and 17 need, is not built for Intel Macs"


def refusal(asked, version, system, machine):
    """Why this machine cannot do what is asked, and what to do instead; None if it can."""
    if not OLDEST <= tuple(version[:2]) <= NEWEST:
        sentence = "Watch Next works with Python 3.11 to 3.14 and this is Python {}.{}: try "
        return sentence.format(*version) + "make PYTHON=python3.13 " + asked
    if asked == "test" and is_intel_mac(system, machine):
        return NO_SURPRISE + ": run make test on another machine, such as a codespace on GitHub."
    return None


def advice(system, machine):
    """What will not work here although the rest does; None if all will."""
    if is_intel_mac(system, machine):
        return NO_SURPRISE + ": read these here, and run them in Colab (the README says how)."
    return None


def is_intel_mac(system, machine):
    return system == "Darwin" and machine == "x86_64"


if __name__ == "__main__":
    here = platform.system(), platform.machine()
    sys.exit(refusal(sys.argv[1], sys.version_info, *here))
