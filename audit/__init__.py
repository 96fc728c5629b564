"""The proof that nothing was changed: sealing, books, verification and draws. It knows bytes, not money.

* `audit.seal`: how an entry becomes bytes, a leaf and a link (DESIGN §3).
* `audit.canonical`: the one way in which a state is written as JSON.
* `audit.merkle`: RFC 6962 roots and proofs over the leaves.
* `audit.book`: a book that is only ever appended to, in one SQLite file; `audit.recorder` and `audit.schema`
  are its recorder, from the `eventsourcing` library, and its tables.
* `audit.verify`: recomputes every byte of a book; needs the standard library and its siblings here only.
* `audit.sampling`: draws that anybody can recompute, sample sizes and upper limits.

Imports nothing of ours.
"""
