"""Static files whose address changes with their bytes, so that browsers may keep them for good."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

FOR_A_YEAR = "public, max-age=31536000, immutable"
FOR_NOW = "no-cache"


def stamp(app: Flask) -> None:
    """Let `url_for('static', …)` carry a digest, and say how long the answer may be kept."""
    folder = Path(app.static_folder or "")
    digest = cache(_digest)

    @app.url_defaults
    def add_digest(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            values["v"] = digest(folder / values["filename"])

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static":
            response.headers["Cache-Control"] = (
                FOR_A_YEAR if "v" in request.args and response.status_code < 400 else FOR_NOW
            )
        return response


def _digest(path: Path) -> str | None:
    return sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else None
