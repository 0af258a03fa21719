"""How quick the dashboard is on an atlas, and what a visitor costs: `python benchmarks/dashboard.py ATLAS`.

Starts the server as users do and drives headless Chromium. Every figure is the median of some runs, with
the range beside it, after one that warms the server up.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

DRAWN = "() => globalThis.__graphx?.map && globalThis.__graphx.counters.frames > 0"
HEADING = """() => [...document.querySelectorAll("*")].flatMap((e) => (e.shadowRoot
  ? [...e.shadowRoot.querySelectorAll(".gx-card.scrolls h2")].map((h) => h.textContent) : [])).join()"""


def told(name: str, values: list[float], unit: str) -> None:
    spread = f"({min(values):.2f} to {max(values):.2f}, {len(values)} runs)"
    print(f"{name:<44} {statistics.median(values):8.2f} {unit}  {spread}")


def memory(pid: int) -> float:
    """Return the resident memory of a process and its children in MB."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue
        own = int(status.parent.name)
        parent = int(re.search(r"PPid:\s+(\d+)", text)[1])  # type: ignore[index]
        if pid in (own, parent):
            found = re.search(r"VmRSS:\s+(\d+)", text)
            total += int(found[1]) if found else 0
    return total / 1024


def opened(browser: Browser, address: str) -> tuple[Page, float]:
    """Open a page in a browser that has nothing kept; return it and the seconds until the map was painted."""
    page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_function(DRAWN, timeout=300_000, polling=10)
    return page, time.perf_counter() - start


def clicks(page: Page, runs: int) -> list[float]:
    """Choose what the search finds one after another; return the seconds from the click to the new card."""
    page.wait_for_timeout(1500)
    box = page.get_by_test_id("gx-canvas").bounding_box()
    assert box
    seconds = []
    for n in range(4 * runs):
        before = page.evaluate(HEADING)
        at = (box["x"] + box["width"] * (0.25 + 0.11 * (n % 5)), box["y"] + box["height"] * (0.35 + 0.09 * (n % 4)))
        start = time.perf_counter()
        page.mouse.click(*at)
        while page.evaluate(HEADING) == before and time.perf_counter() - start < 5:
            time.sleep(0.005)
        if page.evaluate(HEADING) != before:
            seconds.append(time.perf_counter() - start)
        page.wait_for_timeout(300)
        if len(seconds) > runs:
            break
    return seconds[1:]  # the first builds indexes


def drag(page: Page) -> float:
    """Return the frames a second while the map is dragged."""
    box = page.get_by_test_id("gx-canvas").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.9
    page.evaluate(
        "() => { let n = 0; const f = () => { n += 1; globalThis.__frames = n; requestAnimationFrame(f) }; f() }"
    )
    page.mouse.move(x, y)
    page.mouse.down()
    first, start = page.evaluate("() => globalThis.__frames"), time.perf_counter()
    while time.perf_counter() - start < 2:
        t = time.perf_counter() - start
        page.mouse.move(x + 120 * abs(t - 1), y - 60 * abs(t - 1))
    frames = (page.evaluate("() => globalThis.__frames") - first) / (time.perf_counter() - start)
    page.mouse.up()
    return float(frames)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("atlas")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    command = [sys.executable, "-m", "graphx", "app", given.atlas, "--port", "8790", "--no-browser"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    found = re.search(r"http://\S+:\d+", server.stdout.readline())
    assert found
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    try:
        with sync_playwright() as playwright:
            chromium = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--disable-gpu", *as_root])
            page, cold = opened(browser, found[0])
            print(f"{'first visit after the server started':<44} {cold:8.2f} s")
            told("first paint of the map", [opened(browser, found[0])[1] for _ in range(given.runs)], "s")
            told("click to card", [1000 * s for s in clicks(page, given.runs)], "ms")
            told("frames while dragging", [drag(page) for _ in range(3)], "/s")
            used = [memory(server.pid)]
            for _ in range(given.runs):
                opened(browser, found[0])
                used.append(memory(server.pid))
            told("memory for another visitor", [b - a for a, b in pairwise(used)], "MB")
            print(f"{'memory of the server':<44} {used[-1]:8.0f} MB")
            browser.close()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
