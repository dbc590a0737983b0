"""Keys: secrets at rest and in use, what is derived from one secret, the ceremony that makes roots."""
