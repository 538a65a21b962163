"""What any model must beat: lots, hits, and what people like you watch (chapter 03)."""
