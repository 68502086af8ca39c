"""The version, in a file that anything may read."""

__version__ = "0.1.0"
