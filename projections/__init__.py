"""What is shown: fact tables, balances, history, flow, notices and alerts, all rebuilt from the events alone.

Imports `domain` and nothing else of ours. A view forgets nothing that it cannot rebuild; to throw the views away
and read the books again gives the same rows.
"""
