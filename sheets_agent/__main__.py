"""The program: `sheets-agent`, or `python -m sheets_agent`."""

import sys


def main() -> int:
    """Run a command. Returns the exit code, 130 also for a Ctrl-C while the program is still being loaded."""
    try:
        from sheets_agent.cli import main as run

        return run()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
