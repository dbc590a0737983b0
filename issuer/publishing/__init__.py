"""From decisions to public/: cards and trust lists made, renewed, uploaded."""
