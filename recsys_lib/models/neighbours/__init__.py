"""Who or what is alike: people who watched this also watched that (chapter 04)."""
