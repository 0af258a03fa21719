"""Which concepts are one: suggestions, what the visitor decides, and the atlas joined anew by it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from graphx import query
from graphx.aliases import Action, Decision, Journal, SoFar, journal_path, outcome, read, standing, without
from graphx.atlas import Atlas
from graphx.cards import aliases as cards
from graphx.errors import GraphXError, InputError, NotFoundError
from graphx.query import CONCEPT, deciding
from graphx.query.aliases import KEPT, suggestions
from graphx.tables import Kind
from graphx.thesaurus import Thesaurus, written
from graphx.ui import applying, chosen, components
from graphx.ui.dashboard import atlas_path, current_atlas, stored_atlas
from graphx.ui.panel import panel, stays

VIEWS = {"suggestions": "Suggestions", "change": "Change a concept", "decided": "Decided so far"}
TOOLS = {
    Action.MERGE: "Merge into …",
    Action.RENAME: "Rename",
    Action.KIND: "Change its kind",
    Action.SPLIT: "Split off forms",
    Action.DROP: "Drop",
}
AT_ONCE = 25
"""Suggestions shown at first, and more with every click."""
LISTED = 2_000
"""Concepts to choose from in a list, those that most papers name; any other can be typed."""
LARGE = 20_000
"""Papers; for so many the visitor is told how long it takes."""
_OTHERWISE = (
    "<article><header><h2>How to read it</h2></header><p>A concept has many forms: <i>LLM</i>, <i>large language "
    "models</i>. The atlas joins what is surely one; the rest is for you to say.</p><p><b>Click a label</b> to see the "
    "sentences that name it. <b>Accept</b> makes the two one concept under the first label, <b>Reject</b> keeps them "
    "apart and is remembered.</p><p>Nothing changes until you <b>apply</b> what you decided, and all of it can be "
    "taken back later.</p></article>"
)


class Edit(NamedTuple):
    """What a visitor decided in this session: decisions taken back, and new ones."""

    undone: tuple[Decision, ...] = ()
    fresh: tuple[Decision, ...] = ()


class State(NamedTuple):
    """All that counts at this moment.

    Attributes:
        base: the thesaurus that decisions begin with.
        so_far: decisions that hold; those that the atlas follows, and those that it is to follow.
        undone: decisions that the atlas follows but that were taken back.
        waiting: whether the journal holds decisions that the atlas doesn't follow.
    """

    base: Thesaurus
    so_far: SoFar
    undone: tuple[Decision, ...]
    waiting: bool

    @property
    def changed(self) -> bool:
        """Tell whether there is anything to apply."""
        return bool(self.so_far.fresh or self.undone)


def show() -> None:
    """Lay out the page."""
    current_atlas()  # says what to do if there is none
    atlas = stored_atlas()
    st.title("Aliases", help="Which names mean one concept. What you decide is applied to the whole atlas.")
    stays()
    try:
        state = _state(atlas)
    except InputError as error:
        st.error(str(error))
        return
    _said()
    left, right = st.columns([5, 3], gap="medium")
    with left:
        _pending(atlas, state)
        shown = st.segmented_control(
            "Show", list(VIEWS), format_func=VIEWS.__getitem__, default="suggestions", key="aliases", required=True,
            bind="query-params", label_visibility="collapsed",
        )  # fmt: skip
        {"suggestions": _suggestions, "change": _change, "decided": _decided}[shown or "suggestions"](atlas, state)
    with right:
        panel(atlas, _OTHERWISE)


def _edit() -> Edit:
    edits: dict[str, Edit] = st.session_state.setdefault("edits", {})
    return edits.get(str(atlas_path()), Edit())


def _keep(edit: Edit) -> None:
    st.session_state["edits"][str(atlas_path())] = edit


def _state(atlas: Atlas) -> State:
    """Put together what the journal holds and what was decided in this session.

    Raises:
        InputError: the journal is damaged.
    """
    journal, edit = read(journal_path(atlas_path())), _edit()
    known = set(journal.decisions)
    # What has been applied meanwhile, by this visitor or another, is no news.
    edit = Edit(tuple(d for d in edit.undone if d in known), tuple(d for d in edit.fresh if d not in known))
    _keep(edit)
    given = atlas.info.get("settings", {})
    thesaurus, kinds = (tuple(map(tuple, given.get(name, ()))) for name in ("thesaurus", "kinds"))
    base, so_far = standing(journal, thesaurus, kinds)
    held = tuple(d for d in so_far.followed if d not in edit.undone)
    waiting = tuple(d for d in so_far.fresh if d not in edit.undone)
    undone = edit.undone if so_far.followed else ()
    return State(base, SoFar(held, waiting + edit.fresh), undone, bool(waiting))


def _decide(make: Callable[[], Decision]) -> None:
    """Add a decision to those of this session; if it can't be, say why."""
    try:
        decision = make()
    except (InputError, NotFoundError) as error:
        st.session_state["said"] = ("error", str(error))
        return
    edit = _edit()
    if decision not in edit.fresh:
        _keep(edit._replace(fresh=(*edit.fresh, decision)))


def _undo(state: State, undone: Decision) -> None:
    """Take a decision back, and those that build on it."""
    left = without(state.so_far.all, undone)
    gone = [d for d in state.so_far.all if d not in left]
    edit = _edit()
    _keep(Edit((*edit.undone, *(d for d in gone if d not in edit.fresh)), tuple(d for d in edit.fresh if d in left)))
    if len(gone) > 1:
        others = count_of(len(gone) - 1, "later decision that builds", "later decisions that build")
        st.session_state["said"] = ("info", f"Taken back, with {others} on it.")


def _clicked(atlas: Atlas, state: State, click: Mapping[str, Any]) -> None:
    """Do what a click in a list asks for."""
    do = click.get("do")
    if do == "accept":
        _decide(partial(deciding.merge, atlas, click["gone"], click["keep"], state.so_far))
    elif do == "reject":
        _decide(lambda: deciding.reject(*(deciding.label_of(atlas, click[end]) for end in ("gone", "keep"))))
    elif do == "undo":
        for decision in [d for d in state.so_far.all if cards.key(d) == click["key"]][-1:]:
            _undo(state, decision)
    elif do == "redo":
        edit = _edit()
        _keep(edit._replace(undone=tuple(d for d in edit.undone if cards.key(d) != click["key"])))
    else:
        chosen.follow(click)


def _said() -> None:
    """Say once what the last click led to."""
    kind, text = st.session_state.pop("said", ("", ""))
    with st.container():
        if kind:
            getattr(st, kind)(text)


def count_of(n: int, one: str, many: str) -> str:
    """Return "1 decision" or "2 decisions"."""
    return f"{n} {one if n == 1 else many}"


def _pending(atlas: Atlas, state: State) -> None:
    """Show what is decided but not applied, what it changes, and how to apply it."""
    with st.container():
        running = applying.of(atlas_path())
        if running is not None:
            _watch(atlas, running)
        if not state.changed:
            return
        n = len(state.so_far.fresh) + len(state.undone)
        with st.container(border=True, key="pending"):
            st.markdown(f"**{count_of(n, 'decision', 'decisions')} not applied yet**")
            if state.waiting:
                st.caption("The atlas was built anew without what was decided before. Applying brings it back.")
            changes = deciding.preview(atlas, state.so_far.fresh)
            html = cards.decided(state.so_far.fresh[::-1], changes[::-1], state.undone)
            components.html(html, key="waiting", on_click=partial(_clicked, atlas, state), scroll=False)
            if len(atlas.papers) > LARGE:
                st.caption(
                    f"This atlas has {len(atlas.papers):,} papers: it takes about "
                    f"{applying.estimate(len(atlas.papers))}. You can go on looking around meanwhile."
                )
            if st.button("Apply to the atlas", type="primary", help="Joins, links, groups and lays out anew"):
                _apply(atlas, state)


def _apply(atlas: Atlas, state: State) -> None:
    try:
        application = applying.start(atlas, atlas_path(), Journal(state.base, state.so_far.all))
    except GraphXError as error:
        st.error(str(error))
        return
    node = chosen.node()
    if node and node.startswith(CONCEPT):  # it may have another name then
        with_name = deciding.label_of(atlas, node.removeprefix(CONCEPT))
        st.session_state["name"] = outcome(state.so_far.fresh).becomes.get(with_name, with_name)
    _watch(atlas, application)


def _watch(atlas: Atlas, application: applying.Application) -> None:
    """Show how far it is until it is done, and then the new atlas."""
    titles = {
        "mentions": "Looking for what comes back", "concepts": "Joining concepts", "links": "Linking papers",
        "communities": "Finding communities", "layout": "Drawing the map", "save": "Saving the atlas",
    }  # fmt: skip
    with st.status("Applying", expanded=False) as status:
        while application.state == "running":
            status.update(label=f"Applying: {titles[application.step].lower()} …")
            application.wait(0.25)
    if application.state == "failed":
        st.session_state["said"] = ("error", application.message)
    else:
        new = stored_atlas()
        _follow(new)
        sizes = (
            f"{len(atlas.concepts):,} → {len(new.concepts):,} concepts, {len(atlas.links):,} → {len(new.links):,} links"
        )
        st.session_state["said"] = ("success", f"Applied in {application.seconds:.1f} seconds: {sizes}.")
    st.rerun()


def _follow(new: Atlas) -> None:
    """Keep the chosen concept chosen under the name that it has now."""
    name = st.session_state.pop("name", None)
    if name is None:
        return
    try:
        chosen.choose(CONCEPT + query.find_concept(new, name))
    except NotFoundError:
        chosen.choose(None)


def _suggestions(atlas: Atlas, state: State) -> None:
    """List what is likely one concept."""
    told = outcome(state.so_far.all)
    with st.spinner("Comparing the names"):
        found = suggestions(atlas, KEPT, told.rejected)
        deciding.prepare(atlas)
    names = [[deciding.now(label, state.so_far) for label in found[end]] for end in ("keep", "gone")]
    found = found[[bool(keep and gone) and keep != gone for keep, gone in zip(*names, strict=True)]]
    if found.empty:
        st.info("Nothing is left to suggest. Choose a concept and change it under **Change a concept**.")
        return
    shown = st.session_state.setdefault("suggested", AT_ONCE)
    st.caption(
        f"{len(found)} pairs that are likely one, the surest first.",
        help="Labels whose words agree but for what is said below them. Ranked by how sure that is, and by how many "
        "papers they concern.",
    )
    components.html(
        cards.suggested(found.head(shown)), key="suggested list", on_click=partial(_clicked, atlas, state), scroll=False
    )
    if len(found) > shown and st.button(f"Show {min(AT_ONCE, len(found) - shown)} more"):
        st.session_state["suggested"] = shown + AT_ONCE
        st.rerun()


def _change(atlas: Atlas, state: State) -> None:
    """Lay out what can be done with the chosen concept."""
    node = chosen.node()
    concept_id = (node or "").removeprefix(CONCEPT)
    known = node is not None and node.startswith(CONCEPT) and len(atlas.where("concepts", "concept_id", concept_id)) > 0
    _pick("Concept to change", "changed", atlas, concept_id if known else None, lambda i: chosen.choose(CONCEPT + i))
    if not known:
        return
    row = atlas.where("concepts", "concept_id", concept_id).iloc[0]
    label = deciding.now(row["label"], state.so_far)
    if label != row["label"]:
        into = f"becomes part of “{label}”" if label else "is dropped"
        st.info(f"“{row['label']}” {into} when you apply what you decided.")
        if not label:
            return
    tool = st.segmented_control(
        "What to do with it", list(TOOLS), format_func=TOOLS.__getitem__, default=Action.MERGE, key="tool",
        required=True, label_visibility="collapsed",
    )  # fmt: skip
    so_far = state.so_far
    if tool == Action.MERGE:
        _merge(atlas, concept_id, so_far)
    elif tool == Action.RENAME:
        new = st.text_input("New label", value=label, key=f"label {concept_id} {label}", max_chars=120)
        _button("Rename", partial(deciding.rename, atlas, concept_id, new, so_far))
    elif tool == Action.KIND:
        kind = st.segmented_control("Kind", [str(k) for k in Kind], default=row["kind"], key=f"kind {concept_id}")
        if kind:
            _button("Change the kind", partial(deciding.rekind, atlas, concept_id, kind, so_far))
    elif tool == Action.SPLIT:
        _split(atlas, concept_id, row["forms"], so_far)
    else:
        st.caption(f"Takes “{label}” and its mentions out of the atlas; the papers stay.")
        _button("Drop it", partial(deciding.drop, atlas, concept_id, so_far))


def _merge(atlas: Atlas, concept_id: str, so_far: SoFar) -> None:
    other = _pick("The concept that it is the same as", f"into {concept_id}", atlas, None, None)
    if other:
        _button("Merge", partial(deciding.merge, atlas, concept_id, other, so_far))


def _split(atlas: Atlas, concept_id: str, forms: list[str], so_far: SoFar) -> None:
    if len(forms) < 2:
        st.caption("It has one form only, so there is nothing to split off.")
        return
    apart = st.multiselect(
        "Forms that are another concept", list(forms), key=f"forms {concept_id}", placeholder="choose forms"
    )
    name = st.text_input("Label of the other concept", placeholder=apart[0] if apart else "", key=f"name {concept_id}")
    if apart:
        _button("Split off", partial(deciding.split, atlas, concept_id, apart, name, so_far))


def _button(title: str, make: Callable[[], Decision]) -> None:
    """Show a button that decides."""
    st.button(title, type="primary", on_click=_decide, args=(make,))


def _pick(
    title: str, key: str, atlas: Atlas, chosen_id: str | None, on_choose: Callable[[str], None] | None
) -> str | None:
    """Let a concept be chosen from those that most papers name, or typed."""
    labels = atlas.once("labels to choose from", _popular)
    current = deciding.label_of(atlas, chosen_id) if chosen_id else None
    options = labels if current is None or current in labels else [current, *labels]
    key = f"{key} {current}"

    def choose() -> None:
        label = st.session_state[key]
        if not label or on_choose is None:
            return
        try:
            on_choose(query.find_concept(atlas, label))
        except NotFoundError as error:
            st.session_state["said"] = ("error", str(error))

    label = st.selectbox(
        title, options, index=options.index(current) if current else None, key=key, on_change=choose,
        placeholder="type a name", accept_new_options=len(atlas.concepts) > len(labels), filter_mode="fuzzy",
        help="Or click a concept anywhere." if on_choose else None,
    )  # fmt: skip
    if not label:
        return None
    try:
        return query.find_concept(atlas, label)
    except NotFoundError as error:
        st.caption(str(error))
        return None


def _popular(atlas: Atlas) -> list[str]:
    top = atlas.concepts.sort_values(["n_papers", "concept_id"], ascending=[False, True])
    return list(top["label"].head(LISTED))


def _decided(atlas: Atlas, state: State) -> None:
    """List what was decided and applied, and offer the thesaurus."""
    if not state.so_far.followed:
        st.info("Nothing has been applied to this atlas yet.")
    else:
        st.caption(f"{count_of(len(state.so_far.followed), 'decision', 'decisions')} that this atlas follows.")
        components.html(
            cards.decided(state.so_far.followed[::-1]),
            key="followed",
            on_click=partial(_clicked, atlas, state),
            scroll=False,
        )
    told = outcome(state.so_far.all, state.base)
    if told.thesaurus:
        st.download_button(
            "Download as a thesaurus", written(told.thesaurus), f"{atlas_path().name}.thesaurus.txt", "text/plain",
            help="Every form and its label, for VOSviewer and for `graphx build --thesaurus`. With what is not applied "
            "yet, but without kinds, for which the format has no place.", on_click="ignore",
        )  # fmt: skip


show()
