"""The dashboard: Streamlit pages over one atlas. All answers come from `graphx.query`."""
