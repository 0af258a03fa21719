"""concept."""

import streamlit as st

st.title("concept")
