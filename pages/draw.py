import streamlit as st
st.button("draw")
