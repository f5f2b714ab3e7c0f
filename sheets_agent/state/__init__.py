"""The frozen models that travel between the stages.

`described` comes from the retriever; `planned` from the planner, the reflectors and the trial on a copy; `done` from
the executor and the verifier; `result` is what a run gives back. All are plain data, travel through checkpoints as
JSON, and know nothing of clients or models.
"""
