"""The backbone: which links are more than chance, at a level of noise that the reader chooses."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graphx.tables import Relation

NOISE = 0.05
"""Links `shares` with a smaller p-value are in the backbone of an atlas."""


def disparity(source: NDArray[np.int64], target: NDArray[np.int64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how likely each link would be as strong if its ends spread their weight at random.

    M. A. Serrano, M. Boguñá and A. Vespignani, "Extracting the multiscale backbone of complex
    weighted networks", PNAS 106 (2009), equation 2: (1 - w / s)^(k - 1) with strength s and
    degree k; of the two ends the smaller value counts.
    """
    ends = np.concatenate([source, target]).astype(np.int64)
    degree = np.bincount(ends)
    strength = np.bincount(ends, weights=np.concatenate([weight, weight])).astype(np.float64)
    return disparity_of(weight, source, target, degree, strength)


def disparity_of(
    weight: NDArray[np.float64],
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    degree: NDArray[np.int64],
    strength: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return `disparity` for papers whose degree and strength are known, by their numbers."""
    if not len(weight):
        return np.zeros(0)
    alphas = [
        (1 - np.minimum(weight / np.maximum(strength[end], 1e-12), 1)) ** np.maximum(degree[end] - 1, 0)
        for end in (source, target)
    ]
    return np.where(np.maximum(degree[source], degree[target]) > 1, np.minimum(*alphas), 1.0)


def strongest(source: NDArray[np.int64], target: NDArray[np.int64], weight: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which links are the strongest of one of their papers; of equal ones the first."""
    ends, links = np.concatenate([source, target]), np.tile(np.arange(len(weight)), 2)
    order = np.lexsort([links, -np.round(weight[links], 12), ends])
    first = np.ones(len(order), dtype=bool)
    first[1:] = ends[order][1:] != ends[order][:-1]
    result = np.zeros(len(weight), dtype=bool)
    result[links[order[first]]] = True
    return result


def backbone(links: pd.DataFrame, noise: float = NOISE) -> NDArray[np.bool_]:
    """Tell which links stand out at a level of noise, from 0 (only the strongest) to 1 (all).

    A link `shares` stands out if its significance is below the level or it is the strongest of
    one of its papers; the other relations have sentences to prove them and are as stored.
    """
    if noise >= 1:
        return np.ones(len(links), dtype=bool)
    mask: NDArray[np.bool_] = links["backbone"].to_numpy(dtype=bool).copy()
    shares = np.flatnonzero(links["relation"] == Relation.SHARES)
    own = links.iloc[shares]
    mask[shares] = (own["significance"].to_numpy(dtype=float) < noise) | strongest(*_numbered(own))
    return mask


def reweigh(links: pd.DataFrame, kinds: Mapping[str, float], noise: float = NOISE) -> pd.DataFrame:
    """Return links whose `shares` count each part (methods, datasets, tasks, metrics) by a factor.

    A factor of 1, or none, leaves a part as it was built, 0 leaves it out; pairs that nothing is
    left of are dropped. Significance and backbone are reckoned anew from the links that there are.
    """
    shares = links["relation"] == Relation.SHARES
    own = links[shares].copy()
    for part in ("methods", "datasets", "tasks", "metrics"):
        own[part] = own[part] * float(kinds.get(part, 1.0))
    own["weight"] = own["methods"] + own["datasets"] + own["tasks"] + own["metrics"]
    own = own[own["weight"] > 0]
    ends = _numbered(own)
    own["significance"] = disparity(*ends)
    own["backbone"] = (own["significance"].to_numpy(dtype=float) < noise) | strongest(*ends)
    rest = links[~shares]
    before, after = rest[rest["relation"] < Relation.SHARES], rest[rest["relation"] > Relation.SHARES]
    return pd.concat([before, own.astype(links.dtypes), after], ignore_index=True)


def _numbered(links: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return sources, targets (numbered alike) and weights."""
    codes, _ = pd.factorize(pd.concat([links["source"], links["target"]], ignore_index=True))
    return codes[: len(links)], codes[len(links) :], links["weight"].to_numpy(dtype=float)
