"""Join the concepts of an atlas anew, by what its user says of them; nothing is read or searched again for that."""

from dataclasses import replace

from graphx.atlas.origin import settings_of
from graphx.atlas.progress import Clock, Progress, silent
from graphx.atlas.returning import came_back
from graphx.atlas.steps import described, following, found_anew
from graphx.atlas.whole import Atlas
from graphx.thesaurus import Thesaurus


def rejoin(
    old: Atlas, thesaurus: Thesaurus, kinds: tuple[tuple[str, str], ...] = (), progress: Progress = silent
) -> Atlas:
    """Return an atlas of the same papers whose concepts follow another thesaurus, and links what they share now.

    Mentions, concepts, links and references are those of an atlas built with these settings at once (as long as
    the program that found the mentions is this one). Only papers that may name a term which is no longer dropped
    are searched for mentions again. Positions and the identities of communities stay as far as the new links
    allow. `info["changes"]` tells what changed.

    Args:
        old: the atlas.
        thesaurus: all of it; what the old atlas's settings have is replaced.
        kinds: labels, and the kind that their concept is to have.
        progress: is told each step.
    """
    before = settings_of(old.info["settings"])
    settings = replace(before, thesaurus=thesaurus, kinds=kinds)
    clock = Clock(progress)
    again = came_back(old.papers, before.thesaurus, thesaurus)
    kept = old.mentions
    if again.any():
        kept = kept[~kept["paper_id"].isin(old.papers.loc[again, "paper_id"])]
    papers = old.papers[again].reset_index(drop=True)
    found = found_anew(kept, papers, settings, progress) if len(papers) else kept
    clock.done("mentions")
    tables = following(old.papers, found, old.references, settings, clock, old) | {"problems": old.problems}
    info = {key: old.info[key] for key in ("inputs", "code", "versions", "counts")}
    return described(tables, info, settings, clock, old)
