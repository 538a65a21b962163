"""Execute the chapters: see `runner`."""

import sys

from book.tools.notebooks.runner import main

sys.exit(main())
