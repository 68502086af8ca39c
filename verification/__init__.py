"""Slow statistical verification, one picture a claim: python -m verification."""
