"""path."""

import streamlit as st

st.title("path")
