"""The revisions of the vault."""
