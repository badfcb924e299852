"""Everything that is not a screen: the experiment, its model, its data, its runs. Never imports Streamlit."""
