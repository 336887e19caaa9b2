"""What Odoo's own methods do here is read in one file for each of its models."""

import inspect
from collections import defaultdict

from .common import OmsCommon

OURS = "odoo.addons.oms_addon."
CORE = f"{OURS}models.core."


def overrides(registry):
    """Find the methods of Odoo's models that classes of ours define again.

    :return: the modules they stand in, by (model, method)
    """
    found = defaultdict(list)
    for name, model in registry.items():
        if name.startswith("oms."):
            continue
        classes = [cls for cls in model.__mro__ if not getattr(cls, "pool", None)]
        for place, cls in enumerate(classes):
            if not cls.__module__.startswith(OURS):
                continue
            others = [c for c in classes[place + 1 :] if not c.__module__.startswith(OURS)]
            for method, value in vars(cls).items():
                is_method = inspect.isfunction(value) or isinstance(
                    value, (classmethod, staticmethod)
                )
                if is_method and any(method in vars(other) for other in others):
                    found[name, method].append(cls.__module__)
    return found


class TestOneDoor(OmsCommon):
    def test_methods_of_odoo_are_overridden_in_the_core_room_alone(self):
        found = overrides(self.env.registry)
        self.assertGreater(len(found), 100)
        outside = {
            key: modules
            for key, modules in found.items()
            if not all(module.startswith(CORE) for module in modules)
        }
        self.assertEqual(outside, {})

    def test_each_method_is_overridden_in_the_file_of_its_model(self):
        for (model, method), modules in overrides(self.env.registry).items():
            # A method of `base` is one of every model.
            modules = [module for module in modules if module != f"{CORE}base"]
            with self.subTest(model=model, method=method):
                self.assertLessEqual(len(modules), 1)
                self.assertLessEqual(set(modules), self._files(model))

    def _files(self, model):
        """:return: the files of a model and of those that it inherits"""
        names = {getattr(cls, "_name", None) for cls in self.env.registry[model].__mro__}
        return {CORE + name.replace(".", "_") for name in names if name}
