"""The fact tables: one file per flow or register, each with its columns and what is worked out from others."""
