"""Who the people are: references, sealed fields, commitments, masking, likeness, the kept workbooks, erasure.

Imports nothing of ours. Written before the ledger; holds what the ledger must not (DESIGN §5).
"""
