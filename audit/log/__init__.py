"""The public log: a book's leaves as tiles, heads and proofs that anybody's tools read (DESIGN §4, C2SP).

* `audit.log.tiles`: how a log is cut into files (c2sp.org/tlog-tiles); `audit.log.folder` keeps them in a folder.
* `audit.log.growing`: the files of what is new, resumable at any instant.
* `audit.log.proving`: roots and proofs from a few tiles, each checked before it is used.
* `audit.log.receipt`: a proof for one entry that is checked offline (c2sp.org/tlog-proof).
* `audit.log.witness`: cosigns heads that only add (c2sp.org/tlog-witness), remembering in `audit.log.witness_state` and
  listening by `audit.log.witness_server`; `audit.log.witnessing` asks witnesses, through `audit.log.exchange`.
* `audit.log.mirror`: follows somebody else's log and cries out when it is rewritten; `audit.log.fetching` reads it,
  `audit.log.copying` checks what comes, `audit.log.alarming` keeps the proof, `audit.log.mirrored_keys` the log's keys.
* `audit.log.comparing`: names the records in which a book, read as it lies (`audit.log.lying`), differs from a log;
  `audit.log.checking`: the office's own look at what it publishes.

Standard library and `cryptography` only, and of ours only `audit`: whoever checks a log ships with this package.
"""
