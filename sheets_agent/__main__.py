"""`python -m sheets_agent`."""

import sys

from sheets_agent.cli import main

if __name__ == "__main__":
    sys.exit(main())
