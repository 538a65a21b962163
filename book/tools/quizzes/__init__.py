"""The question bank and its exports: ``python -m book.tools.quizzes``."""
