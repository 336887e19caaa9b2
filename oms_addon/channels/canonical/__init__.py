"""Our own API, for stores that send canonical documents."""

from . import adapter
