"""What the pages share. The only room, with `pages/`, that knows Streamlit; never imports TensorFlow."""
