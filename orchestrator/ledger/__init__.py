"""The ledger outside the database: exports, digests and proofs, written by the tool and checked without it."""
