"""Waiting until something is so, with a deadline, never for a while."""

import threading
import time

INTERVAL_SECONDS = 0.02


def until(condition, seconds=30, what="the condition"):
    """Asks `condition` again and again; returns its first true answer or fails at the deadline."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        pause.wait(INTERVAL_SECONDS)
    raise AssertionError(f"{what} did not come true within {seconds} s")
