"""The public log: a book's leaves as tiles, heads and proofs that anybody's tools read (DESIGN §4, C2SP).

* `audit.log.tiles`: how a log is cut into files (c2sp.org/tlog-tiles); `audit.log.folder` keeps them in a folder.
* `audit.log.growing`: the files of what is new, resumable at any instant.
* `audit.log.proving`: roots and proofs from a few tiles, each checked before it is used.
* `audit.log.receipt`: a proof for one entry that is checked offline (c2sp.org/tlog-proof).

Standard library and `cryptography` only, and of ours only `audit`: whoever checks a log ships with this package.
"""
