import streamlit as st
st.button("runs")
