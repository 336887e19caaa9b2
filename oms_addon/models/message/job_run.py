"""State of one run of background jobs, shared by its batches."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class JobRun:
    """State that each batch of a run receives.

    Both dicts are keyed by (channel id, topic). ``paused``: Unix time until which the outbox skips
    it. ``expected``: tokens by bucket that a message costs, as measured on earlier messages.
    """

    paused: dict = field(default_factory=dict)
    expected: dict = field(default_factory=dict)
