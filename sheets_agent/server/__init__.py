"""The agent behind LangGraph's server: users and roles, threads, and the graph that it serves."""
