"""Numbers of rows as strangers write them, in a path or a query: what no column holds never reaches the database."""

from typing import Any

from flask import request
from werkzeug.routing import IntegerConverter, ValidationError

# Of an INTEGER in PostgreSQL, which all our numbers of rows are.
LARGEST = 2**31 - 1


class RowConverter(IntegerConverter):
    """What a row may be numbered; anything above is no address of ours."""

    def to_python(self, value: str) -> Any:
        """The number; the router tries no further with one that is too large."""
        number = super().to_python(value)
        if number > LARGEST:
            raise ValidationError
        return number


def asked(name: str, most: int = LARGEST) -> int | None:
    """The number in the query, or the nearest that can be; None where there is none."""
    number = request.args.get(name, type=int)
    return None if number is None else min(max(number, 0), most)
