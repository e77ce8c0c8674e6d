"""`python -m tests.browser_found` exits 0 when a Chromium can be started here."""

import shutil
import sys

# The shell is the same engine without the window around it: a new visitor comes in a third of
# the time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), None)

if __name__ == "__main__":
    sys.exit(CHROMIUM is None)
