"""What the page fetches over HTTP: the vis-network script and the maps.

A map is large and changes rarely, so it does not travel over the page's websocket: it is
published under the hash of its content, fetched once, and kept by the browser.
"""

import hashlib
from collections import OrderedDict
from importlib.metadata import version
from threading import Lock

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graphx.view import vis_script

VIS_URL = f"/graphx/vis-network.js?pyvis={version('pyvis')}"
KEPT = 64
"""Maps kept in memory; the least recently used goes first. A page publishes its own again on every run."""

_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_maps: OrderedDict[str, bytes] = OrderedDict()
_lock = Lock()


def publish(model: str) -> tuple[str, str]:
    """Make a map's JSON available; return its revision and its address."""
    data = model.encode()
    revision = hashlib.sha256(data).hexdigest()[:24]
    with _lock:
        _maps[revision] = data
        _maps.move_to_end(revision)
        while len(_maps) > KEPT:
            _maps.popitem(last=False)
    return revision, f"/graphx/map/{revision}.json"


def _send_map(request: Request) -> Response:
    with _lock:
        data = _maps.get(request.path_params["revision"])
    if data is None:
        return Response("no such map; reload the page", status_code=404, media_type="text/plain")
    return Response(data, media_type="application/json", headers=_FOREVER)


def _send_vis(request: Request) -> Response:
    return Response(vis_script(), media_type="text/javascript", headers=_FOREVER)


ROUTES = [
    Route("/graphx/vis-network.js", _send_vis),
    Route("/graphx/map/{revision}.json", _send_map),
]
