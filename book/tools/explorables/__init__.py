"""The data that the explorables draw: ``python -m book.tools.explorables [names…]``."""
