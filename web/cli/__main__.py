"""`python -m web.cli`, the same as `meantime`."""

from web.cli import main

main()
