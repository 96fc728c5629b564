"""Readings for people that go out with a file: pages that need no server, no network and no other file."""
