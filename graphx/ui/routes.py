"""What the page fetches over HTTP: the vis-network script and the maps.

A map is large and changes rarely, so it does not travel over the page's websocket: it is
published under the hash of its content, fetched once, and kept by the browser.
"""

import gzip
import hashlib
from collections import OrderedDict
from importlib.metadata import version
from threading import Lock
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graphx.view import vis_script

VIS_URL = f"/graphx/vis-network.js?pyvis={version('pyvis')}"
ROOM = 256_000_000
"""Bytes of maps kept in memory; the least recently used goes first. A page publishes its own again on every run."""

_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


class Map(NamedTuple):
    """A map to fetch: its revision, and its JSON, packed."""

    revision: str
    data: bytes


_maps: OrderedDict[str, Map] = OrderedDict()
_lock = Lock()


def pack(model: str) -> Map:
    """Make a map of a model's JSON."""
    data = model.encode()
    return Map(hashlib.sha256(data).hexdigest()[:24], gzip.compress(data, compresslevel=1, mtime=0))


def publish(model: Map) -> str:
    """Make a map available; return its address."""
    with _lock:
        _maps[model.revision] = model
        _maps.move_to_end(model.revision)
        while len(_maps) > 1 and sum(len(kept.data) for kept in _maps.values()) > ROOM:
            _maps.popitem(last=False)
    return f"/graphx/map/{model.revision}.json"


def _send_map(request: Request) -> Response:
    with _lock:
        found = _maps.get(request.path_params["revision"])
    if found is None:
        return Response("no such map; reload the page", status_code=404, media_type="text/plain")
    packed = "gzip" in request.headers.get("accept-encoding", "")
    body = found.data if packed else gzip.decompress(found.data)
    encoding = {"Content-Encoding": "gzip"} if packed else {}
    return Response(body, media_type="application/json", headers=_FOREVER | encoding | {"Vary": "Accept-Encoding"})


def _send_vis(request: Request) -> Response:
    return Response(vis_script(), media_type="text/javascript", headers=_FOREVER)


ROUTES = [
    Route("/graphx/vis-network.js", _send_vis),
    Route("/graphx/map/{revision}.json", _send_map),
]
