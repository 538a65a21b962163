"""A recommender that learns from what it has shown (chapter 15)."""
