"""Taste in a few numbers: factors and the linear autoencoder EASE (chapter 05)."""
