"""Make the lecture slides: see `deck`."""

from book.tools.slides.deck import main

main()
