"""`python -m graphx` is the command `graphx`."""

from graphx.cli import main

if __name__ == "__main__":
    main()
