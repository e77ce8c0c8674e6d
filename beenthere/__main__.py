"""`python -m beenthere` is the same program."""

from beenthere.cli import run

run()
