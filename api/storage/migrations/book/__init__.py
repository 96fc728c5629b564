"""The revisions of a book."""
