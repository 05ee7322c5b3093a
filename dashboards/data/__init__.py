"""Reading the serving layer: a snapshot a question, seen as one tenant, kept under a key that names who may see it."""
