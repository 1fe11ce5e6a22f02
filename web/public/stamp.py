"""When a form was opened, signed, so that a robot that answers within a blink is asked once more.

A form without a stamp passes: people build forms of their own for `POST /courses/<slug>/enrollments`, and the
caps on sign-ups hold for everybody.
"""

from datetime import datetime

from itsdangerous import BadSignature, URLSafeSerializer


class Stamps:
    """Makes and reads stamps; `seconds` is how long a person needs at least."""

    def __init__(self, secret_key: str, seconds: int) -> None:
        self._serializer = URLSafeSerializer(secret_key, salt="form-opened")
        self._seconds = seconds

    def make(self, now: datetime) -> str:
        """The stamp of a form that is opened now."""
        return str(self._serializer.dumps(now.timestamp()))

    def too_quick(self, stamp: str, now: datetime) -> bool:
        """Whether the form came back faster than people type, or with a stamp that is not ours."""
        if not stamp:
            return False
        try:
            opened = float(self._serializer.loads(stamp))
        except (BadSignature, TypeError, ValueError):
            return True
        return now.timestamp() - opened < self._seconds
