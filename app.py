"""The dashboard's entry point: `streamlit run app.py`, or `graphx app ATLAS`."""

import streamlit as st

from graphx.ui import dashboard, jobs, policy, routes

if __name__ == "__main__":
    dashboard.run()  # Streamlit runs this script for every visitor and every click
else:
    # The server imports it once.
    app = st.App(__file__, routes=routes.ROUTES, middleware=policy.MIDDLEWARE, lifespan=jobs.lifespan)
