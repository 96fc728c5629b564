"""The evidence bundle: one file that shows a stranger, offline, all that a book says about one subject (DESIGN §4).

* `audit.bundle.archive`: the zip with one writing only, so that no byte of it can be another.
* `audit.bundle.layout`: which members there are, and in which order.
* `audit.bundle.manifest`: the list of them, with their digests, read line by line.
* `audit.bundle.attachments`: the digests of the files that the entries cite.
* `audit.bundle.writing`: making a bundle; nothing is held that grows with its entries.
* `audit.bundle.section`: one book in a bundle, its entries and their proofs.
* `audit.bundle.examining`: the verifier; `audit.bundle.verdict`: what it found; `audit.bundle.words`: how it says so.
* `audit.bundle.command`: `mingzhang-verify`; `audit.bundle.one_file` packs it into one file for a stick.

Standard library and `cryptography` only, and of ours only `audit`: it ships with whatever it imports, and no more.
"""
