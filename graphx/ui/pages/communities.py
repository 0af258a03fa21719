"""communities."""

import streamlit as st

st.title("communities")
