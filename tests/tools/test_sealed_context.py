"""What a client puts into the context decides nothing."""

import ast
from pathlib import Path

from odoo.tools import file_path

from odoo.addons.oms_addon.tools.runs import RUNS, current, running
from odoo.addons.oms_addon.tools.sealed_context import KEYS, Sealed, sealed, unsealed

from ..common import OmsCommon

SOURCE = Path(file_path("oms_addon/__manifest__.py")).parent
#: read as a client sends them: the record whose form is open, and what a mail shows
OF_CLIENTS = {"oms_hold_id", "oms_promise_kind", "oms_promise_rows"}

MUTABLE = (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp)


class TestSealedContext(OmsCommon):
    def test_what_code_seals_is_read_by_the_code_it_calls(self):
        env = self.env(context=dict(self.env.context, **sealed(actor="Night job", bulk=False)))
        self.assertEqual(
            [unsealed(env, name, "none") for name in ("actor", "bulk", "quiet")],
            ["Night job", False, "none"],
        )

    def test_plain_data_of_a_client_is_no_sealed_value(self):
        plain = (True, 1, "Boss", {"value": "Boss"}, ["Boss"], repr(Sealed("Boss")))
        for value in plain:
            env = self.env(context={f"oms_{name}": value for name in KEYS})
            self.assertEqual({unsealed(env, name) for name in KEYS}, {None}, value)

    def test_a_name_that_is_not_in_the_list_cannot_be_sealed(self):
        with self.assertRaises(KeyError):
            sealed(anything=True)

    def test_what_can_change_is_no_value_of_the_context(self):
        self.assertLessEqual({key.type for key in KEYS.values()}, {bool, int, str, frozenset})
        for values in ({"exact_order_ids": {1}}, {"bulk": {}}, {"message_id": self.channel}):
            with self.subTest(values), self.assertRaises(TypeError):
                sealed(**values)

    def test_sources_seal_nothing_that_can_change(self):
        found = [
            f"{path.name}:{node.lineno} {keyword.arg}"
            for path in SOURCE.rglob("*.py")
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "sealed"
            for keyword in node.keywords
            if isinstance(keyword.value, MUTABLE)
            or getattr(getattr(keyword.value, "func", None), "id", "") in ("dict", "list", "set")
        ]
        self.assertEqual(found, [])

    def test_what_a_block_runs_by_is_found_within_it_alone(self):
        with self.assertRaises(KeyError), running(self.env, "anything", {}):
            pass
        outer, inner = {"rule": 1}, {"rule": 2}
        with running(self.env, "rules", outer):
            with self.assertRaises(ValueError), running(self.env, "rules", inner):
                self.assertIs(current(self.env, "rules"), inner)
                raise ValueError
            self.assertIs(current(self.env(su=True), "rules"), outer)
            self.assertIsNone(current(self.env, "quants"))
        self.assertIsNone(current(self.env, "rules"))

    def test_every_run_is_in_the_list_and_used(self):
        used = {"running": set(), "current": set()}
        for path in SOURCE.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in used:
                    used[node.func.id].add(node.args[1].value)
        self.assertEqual(used, {"running": set(RUNS), "current": set(RUNS)})

    def test_nothing_of_ours_is_read_from_the_context_or_put_there_unsealed(self):
        found, seen = set(), set()
        for path in SOURCE.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    found |= set(self._raw_keys(node))
                    if getattr(node.func, "id", "") == "unsealed":
                        seen.add(node.args[1].value)
                    elif getattr(node.func, "id", "") == "sealed":
                        seen |= {keyword.arg for keyword in node.keywords}
                elif isinstance(node, ast.Subscript) and self._is_context(node.value):
                    found |= {getattr(node.slice, "value", None)}
        self.assertEqual({key for key in found if str(key).startswith("oms_")} - OF_CLIENTS, set())
        # Those that a choice of the user is read by are named by a variable.
        chosen = {name for name in KEYS if name.startswith("cancel_")}
        self.assertEqual(set(KEYS) - chosen - seen, set())

    def _raw_keys(self, node):
        """:return: the keys of the context that a call reads or sets by name"""
        function = node.func
        if not isinstance(function, ast.Attribute):
            return []
        if function.attr == "with_context":
            names = [keyword.arg for keyword in node.keywords]
            literals = [one.keys for one in ast.walk(node) if isinstance(one, ast.Dict)]
            return names + [key.value for keys in literals for key in keys if key]
        if function.attr in ("get", "pop", "setdefault") and self._is_context(function.value):
            return [getattr(arg, "value", None) for arg in node.args[:1]]
        return []

    def _is_context(self, node):
        return getattr(node, "attr", getattr(node, "id", "")) == "context"

    def test_the_actor_of_an_event_is_the_user_whatever_the_client_says(self):
        order = self._capture(self._document("A1"))
        client = order.with_user(self._make_user("agent")).with_context(oms_actor="Somebody else")
        self.env["oms.event"].with_env(client.env)._log(client, "note", "Looked at")
        event = self.env["oms.event"].search([("code", "=", "note")])
        self.assertEqual(event.actor, client.env.user.name)
