"""How much each kind counts, and which links stand out: sliders whose values stand in the address of every page."""

from contextlib import suppress
from math import isfinite

import streamlit as st

from graphx.atlas import Atlas
from graphx.lens import LARGEST
from graphx.links import NOISE
from graphx.links import PARTS as PART_OF_KIND

NOISE_LEVELS = {0.0: "strongest", 0.01: "p < .01", NOISE: "p < .05", 0.2: "p < .2", 1.0: "all"}
PARTS = tuple(PART_OF_KIND.values())
MOST = 2.0


def kinds() -> dict[str, float]:
    """Return the factors in the address that are not 1; what is no number is passed over."""
    found = {}
    for part in PARTS:
        with suppress(ValueError):
            factor = float(st.query_params.get(part, "1"))
            if isfinite(factor) and factor != 1:
                found[part] = min(max(factor, 0.0), MOST)
    return found


def noise() -> float:
    """Return the level of noise in the address; what is no level is the usual one."""
    with suppress(ValueError):
        level = float(st.query_params.get("noise", NOISE))
        return level if level in NOISE_LEVELS else NOISE
    return NOISE


def alters(atlas: Atlas) -> bool:
    """Tell whether the address asks for other weights than the atlas was built with, and it is small enough."""
    return len(atlas.papers) <= LARGEST and bool(kinds() or noise() != NOISE)


def sliders(atlas: Atlas) -> None:
    """Lay the sliders out."""
    large = len(atlas.papers) > LARGEST
    st.select_slider(
        "Links that count", list(NOISE_LEVELS), value=noise(), format_func=NOISE_LEVELS.__getitem__,
        key="noise level", on_change=_set, args=("noise", "noise level", NOISE),
        help="Which links stand out from chance (disparity filter): to the left fewer and surer ones, to the right "
        "more and fainter ones. Communities are found anew from them.",
    )  # fmt: skip
    with st.expander("How much each kind counts", expanded=bool(kinds())):
        if large:
            st.caption(
                f"This atlas has more than {LARGEST:,} papers: weighing its links anew would take minutes. The slider "
                "above changes which links are drawn; communities stay."
            )
        for part in PARTS:
            st.slider(
                part.capitalize(), 0.0, MOST, kinds().get(part, 1.0), 0.25, disabled=large,
                key=f"weight of {part}", on_change=_set, args=(part, f"weight of {part}", 1.0),
                help=f"How much two papers are tied by {part} that both name: 0 not at all, 1 as usual, 2 twice.",
            )  # fmt: skip
        if kinds() and not large:
            st.button("All as usual", on_click=_reset)


def _set(name: str, key: str, usual: float) -> None:
    """Keep a slider's value in the address, unless it is the usual one."""
    value = st.session_state[key]
    if value == usual:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = f"{value:g}"


def _reset() -> None:
    for part in PARTS:
        st.query_params.pop(part, None)
        st.session_state[f"weight of {part}"] = 1.0
