"""From files to an atlas: what is understood of them, the build while it runs, and what merged; and what was read."""

import re
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from graphx.aliases import journal_path
from graphx.atlas import Atlas, check_target
from graphx.cards import imported
from graphx.cards.html import count
from graphx.errors import GraphXError
from graphx.papers import Merges, records_by_file
from graphx.readers import fields
from graphx.ui import applying, chosen, components, jobs, kept, uploads
from graphx.ui.dashboard import atlas_path, home, stored_atlas, switch
from graphx.ui.jobs import Job, Work
from graphx.ui.panel import at_home, searched
from graphx.ui.uploads import Understood
from graphx.writers.spreadsheet import to_csv

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
"""What a new atlas may be called: it becomes a folder."""
ADD, NEW = "add", "new"
_MERGING = (
    "Entries are one paper if they share a DOI, else an arXiv id, else an OpenAlex id, else the title (case, "
    "accents and signs aside). Of each field the fullest value wins, and of equally full ones the first in "
    "alphabetical order."
)


def show() -> None:
    """Lay out the page."""
    atlas = _atlas()
    if atlas is not None and searched(atlas, at_home):
        return
    st.title("Import")
    job = next(iter(jobs.running()), None) or st.session_state.get("job")
    st.session_state["job"] = job
    _add(atlas, busy=job is not None and job.state == "running")
    if job is not None and job.state == "running":
        _watch(job)
    elif job is not None:
        _outcome(job)
    if atlas is not None:
        _made_from(atlas)


def _atlas() -> Atlas | None:
    """Return the atlas that papers can be added to; None if there is none yet."""
    try:
        return stored_atlas()
    except (GraphXError, OSError):
        return None


def _add(atlas: Atlas | None, busy: bool) -> None:
    """Lay out what takes papers, says what was understood of them, and starts a build."""
    files, pasted = _inputs()
    if not files and not pasted.strip():
        uploads.forget()
        return
    adds = atlas is not None and _into(atlas_path().name) == ADD
    target, problem = (atlas_path(), "") if adds else _new_atlas()
    columns = _columns(adds, atlas)
    if busy:  # how far it is comes here, where it is seen at once
        return
    settings = fields.parse(columns) if columns is not None else ()
    taken = {*atlas.info["inputs"], *(f.name for f in kept.folder(target).glob("*"))} if adds and atlas else ()
    given = uploads.given(files, pasted, taken)
    total = sum(one.size for one in given)
    if total > uploads.TOTAL_LIMIT:
        st.error(
            f"These files have {total / uploads.MEGABYTE:,.0f} MB together; {uploads.TOTAL_LIMIT // uploads.MEGABYTE} "
            "MB is the limit here. Take some out, or use `graphx build` on the command line."
        )
        return
    with st.spinner("Reading"):
        if adds and atlas:
            understood = uploads.understand(given, settings, atlas.papers, atlas.info["inputs"])
        else:
            understood = uploads.understand(given, settings)
    _tell(understood, target.name if adds else "")
    ready = not problem and columns is not None and understood.n_records > 0
    label = f"Add to {target.name}" if adds else "Build the atlas"
    if st.button(label, type="primary", disabled=not ready):
        new = understood.n_papers - understood.n_known
        papers = new + (len(atlas.papers) if adds and atlas else 0)
        fresh = {g.name: g.data() for g, file in zip(given, understood.files, strict=True) if not file.again}
        _start(Work(target, adds, "" if adds else columns or "", new, papers, understood.merges), fresh)


def _inputs() -> tuple[list[UploadedFile], str]:
    """Ask for files and pasted text."""
    st.subheader("Add papers")
    st.markdown(
        "Saved Hugging Face listing pages, CSV or TSV, JSON lines or Parquet files, one paper a row. They stay on "
        f"this machine. Up to {uploads.FILE_LIMIT // uploads.MEGABYTE} MB a file and "
        f"{uploads.TOTAL_LIMIT // uploads.MEGABYTE} MB in all; of more, build an atlas on the command line."
    )
    turn = st.session_state.setdefault("turn", 0)  # another number empties the two
    files = st.file_uploader("Files", type=uploads.TYPES, accept_multiple_files=True, key=f"files {turn}")
    pasted = st.text_area(
        "Or paste a saved listing page", key=f"pasted {turn}", height=120,
        placeholder="Title\nAbstract\n\nTitle\nAbstract …",
        help="All of the page's text: mark it in the browser, copy it, paste it here, and press Ctrl+Enter.",
    )  # fmt: skip
    return files, pasted or ""


def _into(shown: str) -> str:
    """Ask whether papers go into the atlas that is shown or into a new one."""
    labels = {ADD: f"Add them to {shown}, the atlas that is shown", NEW: "Make a new atlas of them"}
    into: str = st.radio("What to do with them", list(labels), format_func=labels.__getitem__, key="into")
    return into


def _new_atlas() -> tuple[Path, str]:
    """Ask for the name of a new atlas; return its folder, and what is wrong with it."""
    first = atlas_path().name
    usual = first if NAME.fullmatch(first) and not atlas_path().exists() else "my-papers"
    name = st.text_input("Its name", value=usual, max_chars=60, key="name").strip()
    target, problem = home() / name, ""
    if not NAME.fullmatch(name):
        problem = "Use letters, digits, - and _ for the name, and begin with a letter or digit."
    elif target.exists() or kept.folder(target).exists():
        try:
            check_target(target)
            if not st.checkbox(f"Replace the atlas {name} that is there, and the files that are kept beside it"):
                problem = f"There is an atlas {name} already: choose another name, or replace it."
        except GraphXError:
            problem = f"Something else is called {name} there: choose another name."
    if problem:
        st.error(problem)
    else:
        st.caption(f"It will be written to `{target}`, and your files to `{kept.folder(target)}`.")
    return target, problem


def _columns(adds: bool, atlas: Atlas | None) -> str | None:
    """Ask which columns hold what; return it as the command line takes it, None if it makes no sense."""
    if adds and atlas:
        return ",".join("=".join(pair) for pair in atlas.info["settings"]["columns"])
    with st.expander("My columns have other names"):
        text = st.text_input(
            "Which column holds what", key="columns", placeholder="title=Headline,abstract=Text",
            help="What it is, and what your file calls it, with commas between: " + ", ".join(fields.GUESSES),
        )  # fmt: skip
    try:
        fields.parse(text)
    except GraphXError as error:
        st.error(str(error).removeprefix("--columns "))
        return None
    return text


def _tell(understood: Understood, atlas: str) -> None:
    """Tell what was understood of the files."""
    papers = f"**{count(understood.n_papers)}**"
    there = f", {understood.n_known:,} of them already in {atlas}" if atlas else ""
    st.markdown(f"{understood.n_records:,} entries about {papers}{there}.")
    components.html(imported.files([imported.file_card(*file) for file in understood.files]), "files", scroll=False)
    if len(understood.problems):
        _download_problems(understood.problems, "problems of the files")
    if len(understood.merges.papers):
        with st.expander(f"What merges, and why: {count(len(understood.merges.papers))}"):
            _merges(understood.merges, "merging")


def _start(work: Work, files: dict[str, bytes]) -> None:
    if applying.of(work.atlas):
        st.error(f"Aliases are being applied to {work.atlas.name} at this moment. Wait until that is done.")
        return
    try:
        st.session_state["job"] = jobs.start(work, files)
    except GraphXError as error:
        st.error(str(error))
        return
    st.rerun()


@st.fragment(run_every=0.5)
def _watch(job: Job) -> None:
    """Show how far a build is, until it has ended."""
    if job.state != "running":
        st.rerun()
    st.subheader(f"{'Adding to' if job.adds else 'Building'} {job.atlas.name}")
    rows = [(step.title, step.state, step.seconds, step.share) for step in job.steps()]
    components.html(imported.steps(rows, job.elapsed, job.left(), job.cancelling), "steps", scroll=False)
    st.button(
        "Cancel", on_click=job.cancel, disabled=job.cancelling,
        help="Nothing that was there before changes. It goes on if you close this page, and ends with the program.",
    )  # fmt: skip


def _outcome(job: Job) -> None:
    """Tell how a build ended."""
    name = job.atlas.name
    if job.state == "failed":
        st.error(f"{name} was not written: {job.message}")
        return
    if job.state == "cancelled":
        st.info(f"Cancelled. {name} {'is as it was' if job.atlas.exists() else 'was not written'}.")
        return
    if st.session_state.get("emptied") is not job:  # what was given is in the atlas now
        st.session_state["emptied"] = job
        st.session_state["turn"] += 1
        st.rerun()
    counts = job.told.get("counts")
    with st.container(border=True):
        st.subheader(f"{name} is {'up to date' if job.adds else 'ready'}")
        if counts:
            st.markdown(
                f"**{counts['papers']:,} papers**, {counts['concepts']:,} concepts, {counts['communities']:,} "
                f"communities, {counts['problems']:,} problems. It took {imported.duration(job.seconds)}."
            )
        if job.told.get("changes"):
            components.html(imported.changes(job.told["changes"]), "changes", scroll=False)
        st.button("Look at the map", type="primary", on_click=_open, args=(name,))
        if len(job.merges.papers):
            st.markdown(f"##### What merged, and why: {count(len(job.merges.papers))}")
            _merges(job.merges, "merged")


def _open(name: str) -> None:
    switch(name)
    chosen.go("map")


def _merges(merges: Merges, key: str) -> None:
    """Show what merged and why, and which value won where entries differ."""
    st.caption(_MERGING)
    papers = merges.papers
    table = pd.DataFrame(
        {
            "paper": papers["title"],
            "why": papers["why"],
            "entries": papers["n_records"],
            "fields that differ": papers["n_fields"],
            "from": papers["sources"].map("; ".join),
        }
    )
    state = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode="single-row", key=key, placeholder="",
        alt="Papers that several entries became",
        column_config={
            "why": st.column_config.TextColumn(help="What these entries share."),
            "entries": st.column_config.NumberColumn(help="How many became this paper."),
            "fields that differ": st.column_config.NumberColumn(help="Choose the row to see which value won."),
            "from": st.column_config.TextColumn(help="File and place; “the atlas” is what was there before."),
        },
    )  # fmt: skip
    rows = state["selection"]["rows"]
    of = merges.fields
    if rows:
        of = of[of["paper_id"] == papers["paper_id"].iloc[rows[0]]]
    st.markdown(f"Where they differ{' in this paper' if rows else ''}, this won:")
    won = pd.DataFrame(
        {
            "paper": of["paper_id"].map(papers.set_index("paper_id")["title"]),
            "field": of["field"].str.replace("_", " "),
            "won": of["value"],
            "from": of["source"],
            "because": of["because"],
            "instead of": of["others"].map(" | ".join),
        }
    )
    columns = [name for name in won.columns if name != "paper" or not rows]
    st.dataframe(won[columns], hide_index=True, placeholder="", alt="Which value won")
    both = merges.fields.merge(papers[["paper_id", "title", "why", "sources"]], on="paper_id", how="right")
    st.download_button("Download this report", lambda: to_csv(both), "merged.csv", "text/csv", on_click="ignore",
                       key=f"{key} download")  # fmt: skip


def _made_from(atlas: Atlas) -> None:
    """Tell what the atlas that is shown was made from, and what of it could not be understood."""
    counts, inputs, path = atlas.info["counts"], atlas.info["inputs"], atlas_path()
    st.subheader("What this atlas was made from")
    st.markdown(
        f"{counts['records']:,} entries in {len(inputs):,} files became **{counts['papers']:,} papers**; "
        f"entries about the same paper were merged."
    )
    found = atlas.once("records by file", lambda atlas: records_by_file(atlas.papers))
    st.dataframe(
        {"file": list(inputs), "entries": [found[name] for name in inputs], "SHA-256": list(inputs.values())},
        hide_index=True, alt="Files",
        column_config={"SHA-256": st.column_config.TextColumn(help="A fingerprint of the file's content.")},
    )  # fmt: skip
    _anew(atlas, path)
    st.subheader("Problems")
    if atlas.problems.empty:
        st.success("Everything was understood.")
    else:
        st.markdown(f"{len(atlas.problems):,} entries or files could not be understood, or only in part:")
        st.dataframe(atlas.problems, hide_index=True, alt="Problems")
        _download_problems(atlas.problems, "problems of the atlas")
    st.subheader("How it was made")
    st.json({key: atlas.info[key] for key in ("settings", "versions", "seconds")}, expanded=False)


def _anew(atlas: Atlas, path: Path) -> None:
    """Say how to build the atlas anew from the files that are kept beside it."""
    if not kept.folder(path).exists():
        return
    gone = kept.missing(path, atlas.info["inputs"])
    if gone:
        st.markdown(
            f"{len(gone):,} of these files came by way of the command line and are not kept beside the atlas; the "
            f"others are in `{kept.folder(path)}`."
        )
        return
    st.markdown("The files are kept beside it. This command makes the atlas anew from them:")
    st.code(kept.command(path, atlas.info["settings"]), language="sh")
    own = [name for name in ("terms", "thesaurus") if atlas.info["settings"].get(name)]
    if "thesaurus" in own and journal_path(path).exists():  # which holds it
        own.remove("thesaurus")
    if own:
        st.caption(f"It was built with lists of your own, too; give them again: --{' FILE --'.join(own)} FILE")


def _download_problems(problems: pd.DataFrame, key: str) -> None:
    st.download_button(
        "Download the problems", lambda: to_csv(problems), "problems.csv", "text/csv", on_click="ignore", key=key
    )


show()
