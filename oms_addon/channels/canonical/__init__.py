"""The adapter of our own API, for stores that send canonical documents; not the API's routes or
specification.
"""

from . import adapter
