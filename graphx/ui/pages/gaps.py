"""gaps."""

import streamlit as st

st.title("gaps")
