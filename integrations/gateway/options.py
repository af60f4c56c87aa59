"""What an operator may tune, read from Django's settings at the moment of use. Seconds unless said
otherwise.
"""

from typing import Any

from django.conf import settings

DEFAULTS: dict[str, Any] = {
    # Intuit's limits, less a margin: 10 a second, 500 a minute, 40 batches a minute, 10 at a time, for each
    # company.
    "QBO_LIMIT_PER_SECOND": 9,
    "QBO_LIMIT_PER_MINUTE": 480,
    "QBO_LIMIT_BATCHES_PER_MINUTE": 38,
    "QBO_LIMIT_IN_FLIGHT": 8,
    # What scheduled work leaves free for people, as a share of each limit.
    "QBO_LIMIT_RESERVE": 0.25,
    # A request counts from its answer, because it may reach Intuit late; at most from this long after its
    # start.
    "QBO_LIMIT_ARRIVAL": 0.5,
    # How long a caller waits for its turn before it gives up.
    "QBO_LIMIT_PATIENCE": 180.0,
    # After a 429 without Retry-After everybody waits: Intuit counts in minutes.
    "QBO_THROTTLE_PAUSE": 60.0,
    "QBO_CONNECT_TIMEOUT": 6.0,
    # Intuit ends a request after 120 s by itself.
    "QBO_READ_TIMEOUT": 125.0,
    # Reads only. The waits double from the first one.
    "QBO_READ_ATTEMPTS": 4,
    "QBO_RETRY_WAIT": 0.5,
    "QBO_THROTTLED_ATTEMPTS": 3,
    # Only then has Intuit given up on a request whose answer never came: no write is sent again before.
    "QBO_WRITE_SETTLES": 125.0,
    # A sender that gives no sign of life for so long is taken for dead; it gives four in that time.
    "QBO_WRITE_LEASE": 60.0,
    # The same of a worker at a sync.
    "QBO_SYNC_LEASE": 120.0,
    # After a write that was not carried out: a 429, a sign-in that failed.
    "QBO_WRITE_TRY_AGAIN": 60.0,
    # How long a repeated request id is trusted to give the first answer again; nothing of Intuit's says.
    "QBO_REPLAY_TRUSTED": 12 * 3600.0,
    # For the whole of a file that is fetched; the two time-outs above hold for each piece.
    "QBO_DOWNLOAD_TIMEOUT": 300.0,
    "QBO_TOKEN_TIMEOUT": 20.0,
    # Longer than one call of the token endpoint can take, so that nobody takes over from a living worker.
    "QBO_REFRESH_LEASE": 45.0,
    # A token is renewed this long before it ends, and not earlier (Q53).
    "QBO_TOKEN_MARGIN": 60.0,
    "QBO_DISCOVERY_CACHE": 24 * 3600,
    "QBO_EXCHANGES_KEPT_DAYS": 30,
}


def option(name: str) -> Any:
    return getattr(settings, name, DEFAULTS[name])
