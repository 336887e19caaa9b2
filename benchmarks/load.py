"""Load on an HTTP server: so many requests over so many connections, each timed."""

import http.client
import statistics
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Load:
    """What a server did under load: seconds in all, seconds and status of each request."""

    seconds: float = 0.0
    latencies: list = field(default_factory=list)
    statuses: dict = field(default_factory=dict)

    @property
    def per_second(self):
        return len(self.latencies) / self.seconds

    @property
    def p95_ms(self):
        return statistics.quantiles(self.latencies, n=20)[-1] * 1000

    @property
    def median_ms(self):
        return statistics.median(self.latencies) * 1000


def run(address, requests, connections):
    """Send requests over kept-alive connections, as fast as the server answers.

    :param requests: tuples (method, path, body, headers)
    :rtype: Load
    """
    parts = urlsplit(address)
    queue, lock, load = list(reversed(requests)), threading.Lock(), Load()

    def work():
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        while True:
            with lock:
                if not queue:
                    return
                method, path, body, headers = queue.pop()
            started = time.perf_counter()
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            spent = time.perf_counter() - started
            with lock:
                load.latencies.append(spent)
                load.statuses[answer.status] = load.statuses.get(answer.status, 0) + 1

    threads = [threading.Thread(target=work) for _ in range(connections)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.seconds = time.perf_counter() - started
    return load
