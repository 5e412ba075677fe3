"""How messages travel: Kombu's transports, made to outlive what dies around them. config/celery.py plugs them in.

A message is a hint about what the database says better, so losing one is nothing; a worker that ends or stalls is.
Kombu has a transport for Redis and one for a directory of files, `filesystem`. Ours differ so:

Redis. When the server goes away, a worker of Celery 5.7 tries to put back what it had taken and to acknowledge what
it finishes on the connection that is gone, and ends by an error that nobody expected. Here both do nothing.

Files. The transport lends itself to Celery's event loop. Without that, Celery shares one pipe between all children of
a worker, and a child that is killed while it waits for work takes the lock of that pipe along: no other child ever
gets work again. In the event loop each child has a pipe of its own. A message appears and disappears by renaming: no
reader sees half of one, and a full disk leaves none behind. Nothing but messages lies on the disk; which queue a
message goes to, each process knows by itself.
"""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from pathlib import Path
from queue import Empty

from kombu.transport import redis, virtual
from kombu.utils.json import dumps, loads


# ---------------------------------------------------------------- Redis
class RedisQoS(redis.QoS):
    """Says nothing on a channel that is closed: the message comes once more, and finds nothing to do."""

    def ack(self, delivery_tag):
        """Forget a message that was dealt with."""
        if not self.channel.closed:
            super().ack(delivery_tag)

    def reject(self, delivery_tag, requeue=False):
        """Give a message back, or drop it."""
        if not self.channel.closed:
            super().reject(delivery_tag, requeue=requeue)


class RedisChannel(redis.Channel):
    """A channel that puts nothing back when it closes; the visibility timeout does, and the sweep is sooner."""

    QoS = RedisQoS
    do_restore = False


class RedisTransport(redis.Transport):
    """The transport for redis:// and the like."""

    Channel = RedisChannel


# ---------------------------------------------------------------- files
class DirectoryChannel(virtual.Channel):
    """Messages as files `<time>-<random>.<queue>`; names with a dot in front are under way."""

    @property
    def folder(self) -> Path:
        """Where the messages lie: the transport option `folder`."""
        return Path(self.connection.client.transport_options["folder"])

    def _put(self, queue, message, **kwargs):
        """Add a message. Raises OSError (disk full …); then nothing is left behind."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns():020}-{uuid.uuid4().hex}.{queue}"
        hidden = self.folder / f".{name}"
        try:
            hidden.write_text(dumps(message), "utf-8")
            hidden.rename(self.folder / name)
        except OSError:
            with contextlib.suppress(OSError):
                hidden.unlink()
            raise

    def _get(self, queue, timeout=None):
        """Take the oldest message. Of several who try to, the one whose renaming succeeds has it."""
        for name in self._names(queue):
            taken = self.folder / f".{name}"
            with contextlib.suppress(FileNotFoundError):
                (self.folder / name).rename(taken)
                message = taken.read_text("utf-8")
                taken.unlink()
                return loads(message)
        raise Empty

    def _names(self, queue) -> list[str]:
        with contextlib.suppress(FileNotFoundError):
            return sorted(
                name
                for name in os.listdir(self.folder)
                if not name.startswith(".") and name.partition(".")[2] == queue
            )
        return []

    def _size(self, queue):
        """How many messages wait."""
        return len(self._names(queue))

    def _purge(self, queue):
        """Remove all messages that wait; returns how many."""
        names = self._names(queue)
        for name in names:
            (self.folder / name).unlink(missing_ok=True)
        return len(names)


class DirectoryTransport(virtual.Transport):
    """The transport for directory://. Options: `folder`, `polling_interval` in seconds."""

    Channel = DirectoryChannel
    default_port = 0
    driver_type = driver_name = "directory"
    implements = virtual.Transport.implements.extend(asynchronous=True)

    def driver_version(self):
        """It has no version of its own."""
        return "N/A"

    def register_with_event_loop(self, connection, loop):
        """Look for messages at each interval."""
        loop.call_repeatedly(self.polling_interval, self._take, connection)

    def _take(self, connection):
        """Hand on what waits, as long as the worker has a free child."""
        with contextlib.suppress(TimeoutError):
            while True:
                self.drain_events(connection, timeout=0)
