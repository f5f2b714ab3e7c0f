"""The stages of the graph: each a plain function from the run's state to a partial update."""
