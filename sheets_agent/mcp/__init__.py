"""The MCP server: spreadsheets for the agents that people have already."""
