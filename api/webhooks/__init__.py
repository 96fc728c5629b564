"""Webhooks: news of alerts, sent to addresses that the keeper names; signed, at least once, in order for each.

supervision book ──► alert_news ──► cloud_events ──► signing ──► sending ──► the receiver
                          the cursor of each endpoint moves when it was taken, or is a dead letter

endpoints     who wants to hear what, and with which secrets: `endpoint`, `tables`, `register`
one message   `cloud_events` (CloudEvents 1.0), `signing` (Standard Webhooks), `addresses` (which may be reached),
              `sending` (one POST)
delivering    `delivering` (what is due), `background` (while the ledger is served)
"""
