"""The site as one PDF: ``python -m book.tools.printing.pdf``."""
