"""What was watched last: models that read the order of a history (chapter 09)."""
