"""Every public method of ours, called as everybody: only those of the table get past the door."""

import inspect

from odoo.tools import mute_logger

from .public_methods import ARGUMENTS, METHODS
from .registry_world import RegistryWorld

PACKAGE = "odoo.addons.oms_addon."
#: checked by Odoo's own rules of access, whoever extends them
OF_THE_ORM = {
    "copy_data",
    "create",
    "onchange",
    "write",
    "unlink",
    "default_get",
    "get_bindings",
    "get_view",
    "fields_get",
    "web_save",
    "init",
    "modified",
    "message_post",
    "message_post_with_source",
}


class TestPublicMethods(RegistryWorld):
    maxDiff = None

    def public_methods(self):
        """:return: names of the methods of ours that a client can call, with their model"""
        found = set()
        for name in self.env.registry:
            model_class = self.env.registry[name]
            for base in model_class.__mro__:
                if not base.__module__.startswith(PACKAGE) or (
                    # A mixin is called on the models that have it.
                    getattr(base, "_name", None) != name
                    and not name.startswith("oms.")
                    and base.__dict__.get("_inherit") != name
                ):
                    continue
                found |= {
                    f"{name}.{method}"
                    for method, function in base.__dict__.items()
                    if not method.startswith("_")
                    and callable(function)
                    and method not in OF_THE_ORM
                    and not getattr(function, "_api_private", False)
                    # Of what has no records only what needs none can be called.
                    and (not model_class._abstract or getattr(function, "_api_model", False))
                }
        return found

    def test_every_public_method_is_in_the_table(self):
        self.assertEqual(self.public_methods(), set(METHODS))

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule", "odoo.orm")
    def test_each_public_method_lets_in_whom_the_table_names_and_nobody_else(self):
        wrong = []
        for name, allowed in sorted(METHODS.items()):
            may = {user for user in self.users if self._gets_in(name, user)}
            if may != set(allowed.split()):
                wrong.append((name, " ".join(u for u in self.users if u in may)))
        self.assertEqual(wrong, [])

    def _gets_in(self, name, user):
        """:return: whether a call of a method gets past its checks; all it does is undone"""
        model, _dot, method = name.rpartition(".")
        function = inspect.unwrap(getattr(self.env.registry[model], method))
        arguments = ARGUMENTS.get(name, lambda _case: ())(self)
        if not self.env[model]._transient:
            # Made once for all users.
            self.sample(model)
        return self.is_let(
            lambda: function(self.sample(model, user).with_user(self.users[user]), *arguments)
        )
