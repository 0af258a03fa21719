"""Which paper names which concept, as numbers and a sparse matrix: what counting over a whole atlas needs."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from graphx.atlas import Atlas

Numbers = NDArray[np.int64]


class Incidence(NamedTuple):
    """The rows of `paper_concepts` as row numbers of `papers` and `concepts`, and as a matrix.

    Attributes:
        paper: the paper's row number, one for each row.
        concept: the concept's row number, one for each row.
        matrix: papers × concepts, 1 where the paper names the concept; quick by paper.
        by_concept: the same, quick by concept.
    """

    paper: Numbers
    concept: Numbers
    matrix: sparse.csr_matrix
    by_concept: sparse.csc_matrix


def incidence(atlas: Atlas) -> Incidence:
    """Return which paper names which concept; made once for every atlas."""
    return atlas.once("incidence", _incidence)


def numbers(values: pd.Series, among: pd.Series) -> Numbers:
    """Return where each value stands in a column without repeats, -1 if it is not there."""
    places: Numbers = pd.Index(among.to_numpy(dtype=object)).get_indexer(values.to_numpy(dtype=object))
    return places.astype(np.int64)


def _incidence(atlas: Atlas) -> Incidence:
    paper = numbers(atlas.paper_concepts["paper_id"], atlas.papers["paper_id"])
    concept = numbers(atlas.paper_concepts["concept_id"], atlas.concepts["concept_id"])
    ones = np.ones(len(paper), dtype=np.float32)
    shape = (len(atlas.papers), len(atlas.concepts))
    matrix = sparse.csr_matrix((ones, (paper, concept)), shape=shape)
    return Incidence(paper, concept, matrix, matrix.tocsc())
