"""The pages of the site: building them, and what they show of the library."""
