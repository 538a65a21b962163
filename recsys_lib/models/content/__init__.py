"""What a title is about: profiles, search in plain words, maturity (chapter 06)."""
