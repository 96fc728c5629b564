"""What may happen to money: one event catalogue, refusals, state machines; one file per flow.

Imports nothing of ours. Money is integer fen (`*_fen`), rates are integer parts per million (`*_ppm`),
days are `datetime.date` in Asia/Shanghai, people are references into the vault.
"""
