"""The routes of the simulated REST API, declared by their handlers."""

import re

ROUTES = []


def route(method, pattern):
    """Declare the handler of a route."""

    def declare(function):
        ROUTES.append((method, pattern, re.compile(pattern), function.__name__))
        return function

    return declare
