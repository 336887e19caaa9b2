"""What inputs did: crashes, answers of the server's fault, slow ones, memory."""

import resource
import time
import traceback
from collections import Counter

from benchmarks.fuzzing import corpus

#: seconds an input may take, megabytes memory may grow by
SLOW, MEMORY = 1.0, 200
SHOWN = 10


class Found:
    """What the inputs did."""

    def __init__(self, seed):
        self.seed, self.count, self.grown, self.read_grown = seed, 0, 0, 0
        self.statuses, self.faults, self.figures = Counter(), [], {}
        self.longest = 0.0
        self._server, self._floor = None, 0

    def watch(self, server):
        """:param psutil.Process server: whose memory is looked at after each input"""
        self._server, self._floor = server, server.memory_info().rss

    def note(self, label, call):
        """Run a case and keep what goes wrong with it.

        :param call: gives the status of an answer, or nothing
        """
        started, worked, status = time.perf_counter(), time.process_time(), "read"
        try:
            status = call() or status
        except corpus.REFUSALS:
            status = "refused"
        except Exception:  # noqa: BLE001
            status = "crashed"
            self.fault("crash", label, traceback.format_exc(limit=-3))
        # What is read here takes the time of this process, whatever else the machine does.
        is_answer = isinstance(status, int)
        spent = time.perf_counter() - started if is_answer else time.process_time() - worked
        self.note_answer(label, status, spent)

    def note_answer(self, label, status, seconds):
        """Keep what came of an input.

        :param status: of an answer; in a word, where there is none
        """
        self.count += 1
        self.longest = max(self.longest, seconds)
        self.statuses[status] += 1
        if isinstance(status, int) and status >= 500:
            self.fault("5xx", label, str(status))
        if seconds > SLOW:
            self.fault("slow", label, f"{seconds:.2f} s")
        if self._server:
            self.grown = max(self.grown, self._server.memory_info().rss - self._floor)

    def fault(self, kind, label, text):
        """Keep, and print, what went wrong."""
        self.faults.append(kind)
        if len(self.faults) <= SHOWN:
            print(f"{kind}: case {self.seed}:{self.count + 1} {label}\n{text}")

    def measure(self, base):
        """Keep how far this process grew, which reads files and messages itself: before the tools
        begin that make up requests, and grow by themselves.

        :param int base: its largest size before the first input, as of ``getrusage``
        """
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.read_grown = max(self.read_grown, (peak - base) * 1024)

    def report(self):
        """:return: the result of the benchmark"""
        server, own = (round(size / 1024**2) for size in (self.grown, self.read_grown))
        if max(server, own) >= MEMORY:
            self.fault("memory", "all inputs together", f"server {server} MB, readers {own} MB")
        counts = {kind: self.faults.count(kind) for kind in ("crash", "5xx", "slow", "memory")}
        return {
            "ratios": {"without_faults": 1 - len(self.faults) / max(self.count, 1)},
            "figures": {
                "inputs": self.count,
                **counts,
                "longest_seconds": round(self.longest, 3),
                "server_growth_mb": server,
                "reader_growth_mb": own,
                **self.figures,
                **{f"answered {status}": n for status, n in sorted(self.statuses.items(), key=str)},
            },
        }
