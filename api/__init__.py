"""The doors: `rest/`, `pages/`, `cli/`, and the wiring where the parts meet (`ledger`, `importing`, `reading`)."""
