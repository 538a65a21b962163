"""`python -m recsys_lib`: evaluate recommenders, or ask one, from the command line."""

import sys

from recsys_lib.cli import main

if __name__ == "__main__":
    sys.exit(main())
