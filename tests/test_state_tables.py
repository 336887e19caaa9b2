"""Tables with a state move along one table each, by one mover that refuses with a reason."""

import ast
from pathlib import Path

from odoo.exceptions import UserError
from odoo.tools import file_path

from .common import OmsCommon

SOURCE = Path(file_path("oms_addon/__manifest__.py")).parent
#: states that are no life of a record: what a carrier reported at one moment
EVENTS = {"oms.tracking.event"}


class TestStateTables(OmsCommon):
    def _tables(self):
        """:return: the kept models with a state of their own"""
        return [
            model
            for name, model in sorted(self.env.items())
            if name.startswith("oms.") and not (model._abstract or model._transient)
            if (field := model._fields.get("state")) and field.store and not field.compute
            if name not in EVENTS
        ]

    def test_every_model_with_a_state_has_one_mover_and_a_whole_table(self):
        tables = self._tables()
        self.assertGreaterEqual(len(tables), 9)
        for model in tables:
            with self.subTest(model._name):
                self.assertTrue(hasattr(model, "_set_state"))
                states = set(model._fields["state"].get_values(self.env))
                self.assertEqual(set(model._TRANSITIONS), states)
                following = {state for nexts in model._TRANSITIONS.values() for state in nexts}
                self.assertLessEqual(following, states)

    def test_a_move_that_is_not_in_the_table_is_refused_in_words_and_moves_nothing(self):
        channels = self.channel | self.channel.copy({"name": "Other"})
        self.channel.state, channels[1].state = "paused", "draft"
        with self.assertRaisesRegex(
            UserError, "^Other is Not Connected and cannot become Paused.$"
        ):
            channels._set_state("paused")
        with self.assertRaises(UserError):
            (self.channel | channels[1])._set_state("draft")
        self.assertEqual(channels.mapped("state"), ["paused", "draft"])

    def test_a_move_to_the_same_state_changes_nothing_and_what_is_further_stays(self):
        message = self._receive(self._document("A1"))
        self.assertEqual(message._set_state("pending", "again"), message.browse())
        self.assertFalse(message.error)
        message._set_state("ignored", "Not needed.")
        self.assertEqual(message._advance_to("failed"), message.browse())
        self.assertEqual((message.state, message.error), ("ignored", "Not needed."))

    def test_nothing_but_the_mover_writes_the_state_of_a_table(self):
        """Values of ``write`` with a state of one of our tables, in the sources."""
        ours = {state for model in self._tables() for state in model._TRANSITIONS}
        stems = tuple(model._table.removeprefix("oms_") for model in self._tables())
        found = [
            f"{path.name}:{node.lineno}"
            for path in SOURCE.rglob("*.py")
            if path.stem.removeprefix("oms_").startswith(stems)
            for function in ast.walk(ast.parse(path.read_text()))
            if isinstance(function, ast.FunctionDef) and not function.name.startswith("_compute_")
            for node in ast.walk(function)
            if ours.intersection(_written(node))
        ]
        self.assertEqual(found, [])


def _written(node):
    """:return: the states that a node writes: ``x.state = "y"`` or ``x.write({"state": "y"})``"""
    if isinstance(node, ast.Assign):
        is_state = any(isinstance(t, ast.Attribute) and t.attr == "state" for t in node.targets)
        return [node.value.value] if is_state and isinstance(node.value, ast.Constant) else []
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return []
    if node.func.attr not in ("write", "update"):
        return []
    return [
        getattr(value, "value", "?")
        for argument in node.args
        if isinstance(argument, ast.Dict)
        for key, value in zip(argument.keys, argument.values, strict=True)
        if getattr(key, "value", None) == "state"
    ]
