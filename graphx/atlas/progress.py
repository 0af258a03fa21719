"""How far a build is: told while it runs, and kept as the seconds that each step took."""

import time
from collections.abc import Callable, Mapping

Progress = Callable[[str, int, int], None]
"""Is told the step, how much of it is done, and of how much."""


def silent(step: str, done: int, of: int) -> None:
    """Show nothing."""


class Clock:
    """Tells that a step is done, and keeps how long it took."""

    def __init__(self, progress: Progress, seconds: Mapping[str, float] | None = None) -> None:
        self.progress = progress
        self._seconds = dict(seconds or {})
        self._since = time.perf_counter()

    def done(self, step: str) -> None:
        """End a step; the next one begins."""
        now = time.perf_counter()
        self._seconds[step], self._since = now - self._since, now
        self.progress(step, 1, 1)

    @property
    def seconds(self) -> dict[str, float]:
        """The seconds of every step so far."""
        return {step: round(value, 3) for step, value in self._seconds.items()}
