"""Templates to HTML, quickly."""
