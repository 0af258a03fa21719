"""Start the dashboard's server on this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from graphx.errors import GraphXError

ADDRESS = "127.0.0.1"
ATLAS_VARIABLE = "GRAPHX_ATLAS"
"""The environment variable that tells the dashboard which atlases to show, separated as in PATH."""
PATIENCE = 60.0
"""Seconds to wait for the first answer."""


def entry_point() -> Path:
    """Return the script that Streamlit runs: in the installed package, or at the top of a checkout."""
    packaged = Path(__file__).with_name("app.py")
    return packaged if packaged.exists() else Path(__file__).parents[2] / "app.py"


def serve(atlases: Sequence[Path], port: int, open_browser: bool) -> int:
    """Serve until stopped; return the server's exit code.

    Raises:
        GraphXError: the server did not start.
    """
    script = entry_point()
    port = _free_port(port)
    environment = dict(os.environ)
    if atlases:
        environment[ATLAS_VARIABLE] = os.pathsep.join(str(atlas.absolute()) for atlas in atlases)
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += [
        "--server.address",
        ADDRESS,
        "--server.headless",
        "true",
        "--browser.gatherUsageStats",
        "false",
    ]
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # else the server would outlive us
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603  (our own command)
    try:
        _wait(server, port)
        address = f"http://{ADDRESS}:{port}"
        Console().print(f"GraphX is at {address}  (stop it with Ctrl+C)", highlight=False)
        if open_browser and _has_screen():
            webbrowser.open(address)
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        server.terminate()
        server.wait()


def _free_port(first: int) -> int:
    """Return the first port from this one on that nobody listens on."""
    for port in range(first, min(first + 100, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((ADDRESS, port))
            except OSError:
                continue
            return port
    raise GraphXError(f"no free port from {first} on. Choose another with --port.")


def _wait(server: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never by way of a proxy
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise GraphXError("the dashboard's server stopped at once; what it said is above.")
        try:
            with direct.open(f"http://{ADDRESS}:{port}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise GraphXError(f"the dashboard did not answer within {PATIENCE:.0f} seconds.")


def _has_screen() -> bool:
    """Tell whether a browser could show up where the command was typed."""
    graphical = sys.platform in ("darwin", "win32") or any(os.environ.get(v) for v in ("DISPLAY", "WAYLAND_DISPLAY"))
    return graphical and sys.stdout.isatty()
