"""Our own API, for shops that send canonical documents."""

from . import adapter
