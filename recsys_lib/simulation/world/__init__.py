"""The world before anything happens: titles, people, tastes, and the truth about them."""
