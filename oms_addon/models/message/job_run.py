"""One run of background jobs, and what it keeps in mind between its batches."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class JobRun:
    """Handed to each batch of a run.

    Both are by (channel id, topic): until when (Unix time) the outbox leaves it alone, and the
    tokens by bucket that a message takes, as far as messages before it have shown it.
    """

    paused: dict = field(default_factory=dict)
    expected: dict = field(default_factory=dict)
