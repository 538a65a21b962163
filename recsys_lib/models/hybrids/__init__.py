"""Several models as one, and factors made of features (chapter 07)."""
