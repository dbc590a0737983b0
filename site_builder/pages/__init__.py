"""The pages of a site and their values, before they are rendered to HTML."""
