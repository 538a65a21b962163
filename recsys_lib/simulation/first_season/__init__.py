"""The life that made the first season's tables; it goes when they are made anew."""
