"""aliases."""

import streamlit as st

st.title("aliases")
