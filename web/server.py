"""gunicorn's threaded worker, with one difference: a connection costs a thread only once it has something to say.

As it is, gunicorn gives every new connection a thread that waits five seconds for the first byte. Browsers open
connections in advance; twenty of those, and the twenty-first visitor waits ten seconds. Here a new connection waits in
the poller, as one does that is kept alive between two requests.
"""

import errno
import time
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

PATIENCE_SECONDS = 15.0


class Worker(ThreadWorker):  # type: ignore[misc]
    """Serves many connections with few threads."""

    def accept(self, listener: Any) -> None:
        """Take a new connection in; `on_pending_socket_readable` gives it a thread when its request comes."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in {errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK}:
                raise
            return
        self.nr_conns += 1
        client.setblocking(False)
        connection = TConn(self.cfg, client, address, listener.getsockname())
        connection.timeout = time.monotonic() + PATIENCE_SECONDS
        self.pending_conns.append(connection)
        self.poller.register(client, EVENT_READ, partial(self.on_pending_socket_readable, connection))
