"""What a server counts, as the text that Prometheus reads."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Upper bounds of the histogram of seconds."""


class Metrics:
    """Counts of one server; all calls come from one thread, the event loop's.

    Paths are those that the server knows and one more for all others, so that a stranger cannot
    make the table grow.
    """

    def __init__(self) -> None:
        self.shed = 0
        self._requests: Counter = Counter()
        self._seconds: defaultdict = defaultdict(float)
        self._buckets: defaultdict = defaultdict(lambda: [0] * (len(BOUNDS) + 1))

    def answered(self, path: str, status: int, seconds: float) -> None:
        """One more request, whatever became of it."""
        self._requests[path, status] += 1
        self._seconds[path] += seconds
        self._buckets[path][bisect_left(BOUNDS, seconds)] += 1

    def text(self, in_flight: int, reloads: dict[str, int], loaded_at: float) -> str:
        """All of it, in Prometheus' format.

        Args:
            in_flight: requests that are being worked on.
            reloads: result → how often.
            loaded_at: when the model in use was read, seconds since 1970.

        >>> metrics = Metrics()
        >>> metrics.answered("/recommend", 200, 0.002)
        >>> print(metrics.text(0, {"done": 1}, 0.0).splitlines()[2])
        recsys_requests_total{path="/recommend",status="200"} 1
        """
        counts = (
            (f'{{path="{path}",status="{status}"}}', n)
            for (path, status), n in sorted(self._requests.items())
        )
        done = ((f'{{result="{result}"}}', n) for result, n in reloads.items())
        parts = [
            _metric("requests_total", "counter", "Requests by path and status.", counts),
            _metric("request_seconds", "histogram", "Seconds of an answer.", self._histogram()),
            _metric("in_flight", "gauge", "Requests that are being worked on.", [("", in_flight)]),
            _metric("shed_total", "counter", "Requests that were shed.", [("", self.shed)]),
            _metric("reloads_total", "counter", "New models, by what came of them.", done),
            _metric("model_loaded_seconds", "gauge", "When the model was read.",
                    [("", f"{loaded_at:.3f}")]),
        ]  # fmt: skip
        return "".join(line + "\n" for part in parts for line in part)

    def _histogram(self) -> Iterator[tuple[str, object]]:
        for path, counts in sorted(self._buckets.items()):
            total = 0
            for bound, n in zip((*BOUNDS, "+Inf"), counts, strict=True):
                total += n
                yield f'_bucket{{path="{path}",le="{bound}"}}', total
            yield f'_sum{{path="{path}"}}', f"{self._seconds[path]:.6f}"
            yield f'_count{{path="{path}"}}', total


def _metric(name: str, kind: str, says: str, values: Iterable[tuple[str, object]]) -> list[str]:
    name = f"recsys_{name}"
    head = [f"# HELP {name} {says}", f"# TYPE {name} {kind}"]
    return head + [f"{name}{labels} {value}" for labels, value in values]
