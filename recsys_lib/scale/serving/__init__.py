"""A saved model answers over HTTP, and a newer one takes its place without a request lost (18).

`python -m recsys_lib serve` runs it. Only `run` needs a package besides the library's own.
"""

from recsys_lib.scale.serving.answers import Answers
from recsys_lib.scale.serving.app import App
from recsys_lib.scale.serving.holder import Holder
from recsys_lib.scale.serving.limits import Limits, Refused
from recsys_lib.scale.serving.server import run

__all__ = ["Answers", "App", "Holder", "Limits", "Refused", "run"]
