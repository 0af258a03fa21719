"""What the atlas was made from, and what could not be understood."""

import streamlit as st

from graphx.papers import records_by_file
from graphx.ui.dashboard import current_atlas


def show() -> None:
    """Lay out the page."""
    atlas = current_atlas()
    counts = atlas.info["counts"]
    st.title("Sources")
    st.markdown(
        f"{counts['records']} records in {len(atlas.info['inputs'])} files became **{counts['papers']} papers**; "
        f"entries about the same paper were merged."
    )
    files = records_by_file(atlas.papers)
    st.dataframe(
        {
            "file": list(atlas.info["inputs"]),
            "records": [files[name] for name in atlas.info["inputs"]],
            "SHA-256": list(atlas.info["inputs"].values()),
        },
        hide_index=True,
    )
    st.subheader("Problems")
    if atlas.problems.empty:
        st.success("Everything was understood.")
    else:
        st.markdown(f"{len(atlas.problems)} entries or files could not be understood, or only in part:")
        st.dataframe(atlas.problems, hide_index=True)
        st.download_button("Download the problems", atlas.problems.to_csv(index=False), "problems.csv", "text/csv")
    st.subheader("How it was made")
    st.json({key: atlas.info[key] for key in ("settings", "versions", "seconds")}, expanded=False)


show()
