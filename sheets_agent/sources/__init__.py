"""Tables of documents that a person gives beside a task: read, named, quoted as data, and never retyped by a model."""
