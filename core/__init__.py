"""Everything that is not a screen: experiment, model, data, training, runs. Never imports Streamlit."""
