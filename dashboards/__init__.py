"""Streamlit dashboards over the serving layer; read-only."""
