"""What code can tell about a plan from the cells around it: facts, each in a module for its family."""
