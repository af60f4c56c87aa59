"""``python -m integrations.sandbox --port 9050``: the sandbox without Django."""

from __future__ import annotations

from argparse import ArgumentParser

from integrations.sandbox.cli import add_arguments, run


def main() -> None:
    parser = ArgumentParser(
        prog="python -m integrations.sandbox", description="A stand-in QuickBooks Online."
    )
    add_arguments(parser)
    run(vars(parser.parse_args()))


if __name__ == "__main__":
    main()
