"""What happens: the service's pages, what viewers do with them, and what is kept of it."""
