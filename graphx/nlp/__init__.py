"""The spaCy pipeline: find what a paper's text names, where, and in which role."""
