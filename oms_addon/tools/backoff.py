"""Delay before a failed call is retried."""

import random

#: maximum number of doublings
MAX_DOUBLINGS = 30


def backoff(failures, first, longest):
    """Return the delay after consecutive failures: it doubles each time, with 20 % jitter.

    The jitter prevents that calls which failed together are retried together.

    :param int failures: number of failures, from 1
    :param float first: seconds after the first failure
    :param float longest: maximum seconds, before jitter
    :rtype: float
    """
    doublings = min(max(failures - 1, 0), MAX_DOUBLINGS)
    # Not security-relevant.
    return min(first * 2**doublings, longest) * random.uniform(0.8, 1.2)
