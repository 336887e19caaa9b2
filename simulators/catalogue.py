"""The simulators, by name."""

import importlib
import pkgutil

import simulators

from .base import Simulator


def names():
    """:return: the names of the simulators, each the code of its adapter
    :rtype: list[str]
    """
    return sorted(name for name in _modules() if _class_of(name))


def find(name):
    """:return: the class of a simulator
    :raise LookupError: when there is no simulator of that name
    """
    found = _class_of(name) if name in _modules() else None
    if not found:
        raise LookupError(name)
    return found


def _modules():
    return {module.name for module in pkgutil.iter_modules(simulators.__path__)}


def _class_of(name):
    """:return: the simulator in a module whose code is the module's name"""
    module = importlib.import_module(f"simulators.{name}")
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Simulator) and value.code == name:
            return value
    return None
