"""`python -m tests.browser_found` exits 0 when a Chromium can be started here."""

import shutil
import sys

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)

if __name__ == "__main__":
    sys.exit(CHROMIUM is None)
