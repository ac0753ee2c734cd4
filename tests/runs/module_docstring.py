"""What it is about."""
print(__doc__)
__doc__ = "another"
print(__doc__)
