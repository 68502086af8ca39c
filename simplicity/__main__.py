"""``python -m simplicity``."""

import sys

from simplicity.cli.main import main

sys.exit(main())
