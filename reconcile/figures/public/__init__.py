"""Figures for the public: small groups suppressed, a chained history of what was published."""
