"""From what a user wants of a concept to a decision that holds without the atlas, and what it would change.

A thesaurus knows forms only, and knows them for all papers. So a decision names the forms that go along. An
acronym that papers explain in two ways stays out of it: it follows the long form that it is explained with.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd

from graphx.aliases import NOTHING, Action, Decision, SoFar, outcome
from graphx.atlas import Atlas
from graphx.errors import InputError
from graphx.forms import normalise
from graphx.nlp.acronyms import definitions
from graphx.papers import text
from graphx.query.nodes import row_of
from graphx.readers.text import clean
from graphx.tables import Kind

COLUMNS = ["n_papers", "n_mentions", "forms", "n_papers_after", "along"]
MOST_PAPERS = 200
"""Papers that are asked what an acronym means."""


def merge(atlas: Atlas, gone_id: str, keep_id: str, so_far: SoFar = NOTHING) -> Decision:
    """Decide that one concept is another.

    Args:
        atlas: the atlas.
        gone_id: the concept whose forms go to the other.
        keep_id: the other.
        so_far: what was decided before.

    Raises:
        InputError: both are one already.
        NotFoundError: there is no such concept.
    """
    gone, keep = (row_of(atlas, "concepts", "concept_id", i) for i in (gone_id, keep_id))
    what, into = now(gone["label"], so_far), now(keep["label"], so_far)
    if what == into:
        raise InputError(f"“{gone['label']}” and “{keep['label']}” are one already.")
    both = {gone_id, keep_id}
    if into == keep["label"] and not _meant_by(atlas, normalise(into)) <= both:
        # "NN (nearest neighbour)": in a thesaurus its label would mean the other NN.
        into = next((form for form in keep["forms"] if " " in form and _owners(atlas, normalise(form)) <= both), into)
    forms, others = (_forms(atlas, row, both, into, so_far) for row in (gone, keep))
    return Decision(Action.MERGE, what, into, forms, others)


def rename(atlas: Atlas, concept_id: str, label: str, so_far: SoFar = NOTHING) -> Decision:
    """Decide how a concept is titled.

    Raises:
        InputError: the label is empty, is its label already, or names another concept.
        NotFoundError: there is no such concept.
    """
    row = row_of(atlas, "concepts", "concept_id", concept_id)
    label, what = clean(label), now(row["label"], so_far)
    if not label or label == what:
        raise InputError("Type another label.")
    others = _meant_by(atlas, normalise(label)) - {concept_id}
    titles = set(atlas.concepts["label"]) | {d.into for d in so_far.fresh if d.action != Action.KIND}
    if others or (label in titles and label != row["label"]):
        taken = label_of(atlas, min(others)) if others else label
        raise InputError(f"“{label}” names “{taken}” already. Merge the two instead, or choose another label.")
    return Decision(Action.RENAME, what, label, _forms(atlas, row, {concept_id}, label, so_far))


def split(atlas: Atlas, concept_id: str, forms: Sequence[str], label: str = "", so_far: SoFar = NOTHING) -> Decision:
    """Decide that some forms of a concept are a concept of their own.

    Args:
        atlas: the atlas.
        concept_id: the concept that they are forms of now.
        forms: the forms; at least one must be left.
        label: how the new concept is to be titled; by default as the first of the forms.
        so_far: what was decided before.

    Raises:
        InputError: these are no forms of it, or all of them, or the label names another concept.
        NotFoundError: there is no such concept.
    """
    row = row_of(atlas, "concepts", "concept_id", concept_id)
    apart, what = tuple(map(clean, forms)), now(row["label"], so_far)
    known = set(map(clean, row["forms"]))
    if not apart or not set(apart) < known:
        raise InputError(f"Choose some of the forms of “{row['label']}”, but not all of them.")
    label = clean(label) or apart[0]
    titles = set(atlas.concepts["label"]) - {row["label"]} | {d.into for d in so_far.fresh if d.action == Action.SPLIT}
    if label in titles or (label not in apart and _meant_by(atlas, normalise(label))):
        raise InputError(f"“{label}” names another concept already. Choose another label for what is split off.")
    if label == what:
        raise InputError(f"“{label}” is the label of what stays. Rename that first, or split off the other forms.")
    keys = set(map(normalise, apart))
    alike = [form for form in map(clean, row["forms"]) if normalise(form) in keys and form not in apart]
    # What is spelled alike must be told apart by its exact spelling, and so must be what both are called.
    told_apart = [*alike, *([what] if normalise(what) in keys else [])]
    return Decision(Action.SPLIT, what, label, tuple(dict.fromkeys((label, *apart))), tuple(dict.fromkeys(told_apart)))


def rekind(atlas: Atlas, concept_id: str, kind: str, so_far: SoFar = NOTHING) -> Decision:
    """Decide which kind a concept is.

    Raises:
        InputError: it is of that kind already.
        NotFoundError: there is no such concept.
    """
    row = row_of(atlas, "concepts", "concept_id", concept_id)
    what = now(row["label"], so_far)
    if dict(outcome(so_far.all).kinds).get(what, row["kind"]) == kind:
        raise InputError(f"“{what}” is a {kind} already.")
    return Decision(Action.KIND, what, str(Kind(kind)))


def drop(atlas: Atlas, concept_id: str, so_far: SoFar = NOTHING) -> Decision:
    """Decide that a concept is none: it is in no table then.

    Raises:
        NotFoundError: there is no such concept.
    """
    row = row_of(atlas, "concepts", "concept_id", concept_id)
    return Decision(Action.DROP, now(row["label"], so_far), "", _forms(atlas, row, {concept_id}, "", so_far))


def reject(one: str, other: str) -> Decision:
    """Decide that two labels are not to be suggested again."""
    first, second = sorted((clean(one), clean(other)))
    return Decision(Action.REJECT, first, second)


def now(label: str, so_far: SoFar) -> str:
    """Return what a label of the atlas is called after decisions that it doesn't follow yet: "" if it is dropped."""
    return outcome(so_far.fresh).becomes.get(label, label)


def label_of(atlas: Atlas, concept_id: str) -> str:
    """Return a concept's label.

    Raises:
        NotFoundError: there is no such concept.
    """
    return str(row_of(atlas, "concepts", "concept_id", concept_id)["label"])


def preview(atlas: Atlas, decisions: Sequence[Decision]) -> pd.DataFrame:
    """Say what decisions would change, each after the ones before it, without making the atlas anew.

    Args:
        atlas: the atlas.
        decisions: those that it doesn't follow yet.

    Returns:
        One row a decision: n_papers and n_mentions (that name something else then, or something of another kind),
        forms (of the concept that it makes, the most frequent first), n_papers_after (that name that concept) and
        along (labels of other concepts from which mentions go along, since they are written the same).
    """
    rows = _mentions(atlas, decisions)
    answers = []
    for d in decisions:
        before = rows["label"]
        rows["label"] = _moved(rows, d)
        result = d.what if d.action == Action.KIND else d.into
        changed = (before == d.what) if d.action == Action.KIND else (before != rows["label"])
        after = rows[(rows["label"] == result) & (result != "")]
        along = sorted(set(before[changed]) - {d.what, d.into, ""})
        forms = list(after["text"].value_counts(sort=True).index)
        numbers = (rows.loc[changed, "paper_id"].nunique(), int(changed.sum()))
        answers.append((*numbers, forms, after["paper_id"].nunique(), along))
    return pd.DataFrame(answers, columns=COLUMNS)


def _mentions(atlas: Atlas, decisions: Sequence[Decision]) -> pd.DataFrame:
    """Return paper_id, text, label and key of the mentions that some decisions are about."""
    ids = atlas.once("ids of labels", _ids)
    touched = {ids[label] for d in decisions for label in (d.what, d.into) if label in ids}
    for form in {form for d in decisions for form in (*d.forms, *d.others)}:
        touched |= _owners(atlas, normalise(form))
    named = [atlas.where("mentions", "concept_id", i)[["paper_id", "text"]].assign(label=label_of(atlas, i)) for i in
             sorted(touched)]  # fmt: skip
    rows = pd.concat(named) if named else pd.DataFrame({"paper_id": [], "text": [], "label": []}, dtype=object)
    texts = [clean(form) for form in rows["text"]]
    return rows.assign(text=texts, key=list(map(normalise, texts))).astype(object).reset_index(drop=True)


def _moved(rows: pd.DataFrame, d: Decision) -> pd.Series:
    """Return the labels of mentions after a decision."""
    if d.action in (Action.KIND, Action.REJECT):
        return rows["label"]
    if d.action == Action.SPLIT:
        stays = rows["text"].isin(d.others)
        apart = rows["key"].isin(set(map(normalise, d.forms))) & (~stays | rows["text"].isin(d.forms))
        return rows["label"].mask(stays, d.what).mask(apart, d.into)
    keys = set(map(normalise, (*d.forms, *d.others)))
    return rows["label"].mask((rows["label"] == d.what) | rows["key"].isin(keys), d.into)


def _forms(atlas: Atlas, row: Mapping[str, Any], besides: set[str], into: str, so_far: SoFar) -> tuple[str, ...]:
    """Return the forms that go to a label along with a concept.

    Not those that an earlier decision brought to it: they follow its label, and go back when that is undone. Of
    those that name concepts besides some, only what means this one where nothing is explained, and is not what the
    label means anyway.
    """
    known = dict(outcome(so_far.followed).thesaurus)
    brought = {form for d in so_far.followed if d.action == Action.MERGE for form in d.forms}
    forms = [form for form in map(clean, row["forms"]) if form not in brought or known.get(form) != clean(row["label"])]
    keys = {form: normalise(form) for form in forms}
    shared = {form for form in forms if not _owners(atlas, keys[form]) <= besides}
    meant = {
        form
        for form in shared
        if keys[form] != normalise(into) and (form in known or row["concept_id"] in _meant_by(atlas, keys[form]))
    }
    kept = [form for form in forms if form not in shared or form in meant]
    if shared - meant:
        kept += _explained(atlas, row["concept_id"], {keys[form] for form in shared - meant})
    return tuple(dict.fromkeys(kept or (form for form in forms if keys[form] != normalise(into))))


def _explained(atlas: Atlas, concept_id: str, keys: set[str]) -> list[str]:
    """Return the long forms by which the papers of a concept explain some acronyms."""
    named = atlas.where("mentions", "concept_id", concept_id)
    papers = atlas.joined(named[named["joined_by"] == "acronym"].drop_duplicates("paper_id").head(MOST_PAPERS),
                          "papers", "paper_id", ["title", "abstract"])  # fmt: skip
    found = []
    for words in map(text, papers["title"], papers["abstract"]):
        found += [
            clean(words[d.long_start : d.long_end])
            for d in definitions(words)
            if normalise(words[d.short_start : d.short_end]) in keys
        ]
    return [long for long in found if _owners(atlas, normalise(long)) <= {concept_id}]


def prepare(atlas: Atlas) -> None:
    """Make the index that decisions need, once for an atlas; of a large one that takes some seconds."""
    _owners(atlas, "")


def _meant_by(atlas: Atlas, key: str) -> set[str]:
    """Return the concepts that forms with some key mean where no acronym or synonym is looked up for them."""
    return {
        owner for owner in _owners(atlas, key) if key in atlas.once(f"own keys of {owner}", partial(_own_keys, owner))
    }


def _own_keys(concept_id: str, atlas: Atlas) -> set[str]:
    named = atlas.where("mentions", "concept_id", concept_id)
    return set(map(normalise, named.loc[named["joined_by"] == "form", "text"].unique()))


def _owners(atlas: Atlas, key: str) -> set[str]:
    """Return the concepts that have a form with some key."""
    return set(atlas.once("concepts of keys", _concepts_of_keys).get(key, ()))


def _concepts_of_keys(atlas: Atlas) -> dict[str, list[str]]:
    concepts: dict[str, list[str]] = defaultdict(list)
    for concept_id, forms in zip(atlas.concepts["concept_id"], atlas.concepts["forms"], strict=True):
        for key in set(map(normalise, forms)):
            concepts[key].append(concept_id)
    return dict(concepts)


def _ids(atlas: Atlas) -> dict[str, str]:
    return dict(zip(atlas.concepts["label"], atlas.concepts["concept_id"], strict=True))
