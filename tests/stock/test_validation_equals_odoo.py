"""Whatever the stock looks like: a bulk validation writes what Odoo would have written."""

import random
from contextlib import suppress
from datetime import datetime
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError

from odoo.addons.oms_addon.models.stock.quant_batch import QuantBatch

from .random_stock import RandomStock, stored

ROUNDS = 24
#: of moves after a validation
STATES = ("done", "partially_available", "confirmed")
MODELS = (
    "stock.picking",
    "stock.move",
    "stock.move.line",
    "stock.quant",
    "stock.package",
    "stock.package.history",
)


class TestValidationEqualsOdoo(RandomStock):
    """Random stock, shipped twice."""

    def setUp(self):
        super().setUp()
        self.started = fields.Datetime.now()

    def _picked(self, orders, chance):
        """Prepare the deliveries of orders: some complete, some partly, some beyond the stock.

        :return: the deliveries to validate
        """
        pickings = orders.picking_ids
        pickings.action_assign()
        for line in pickings.move_line_ids:
            way = chance.random()
            if way < 0.3 and line.product_id.tracking != "serial":
                self._set(line, chance.choice((line.quantity / 2, 1, line.quantity)))
            line.picked = way < 0.9
        for move in pickings.move_ids:
            if not move.move_line_ids and move.product_id.tracking == "none":
                # Shipped without a reservation.
                self._set(move, min(move.product_uom_qty, chance.randint(1, 3)))
                move.picked = True
        # Some stay open, and may lose what they have reserved.
        return pickings.filtered(
            lambda p: p.move_line_ids.filtered("picked") and chance.random() < 0.8
        )

    def _set(self, record, quantity):
        """Set a quantity, unless others have reserved it."""
        with suppress(UserError), self.env.cr.savepoint():
            record.quantity = quantity

    def _after(self, pickings, validate):
        """:return: all rows as ``validate`` leaves them, by model, or why it refuses; all undone"""
        product = pickings.move_ids.product_id
        newest = {name: max(self.env[name].search([]).ids, default=0) for name in MODELS}

        refused = []

        def act():
            try:
                validate(pickings)
            except UserError as error:
                refused.append(str(error))
                self.env.clear()

        def read():
            if refused:
                return {"refused": refused}
            moves = self.env["stock.move"].search([("product_id", "=", product.id)])
            found = {
                "stock.picking": moves.picking_id,
                "stock.move": moves,
                "stock.move.line": moves.move_line_ids,
                "stock.quant": self.env["stock.quant"].search([("product_id", "=", product.id)]),
                "stock.package": self.env["stock.package"].search([]),
                "stock.package.history": moves.move_line_ids.package_history_id,
            }
            return self._named(found, newest)

        return self._undone(act, read)

    def _named(self, found, newest):
        """:return: the rows as text by model; new records are called by their order"""
        names, numbers = {}, {}
        for model, records in found.items():
            new = records.sorted("id").filtered(lambda r, m=model: r.id > newest[m])
            numbers[model] = {record.id: f"new {place}" for place, record in enumerate(new)}
            if model == "stock.picking":
                names = {record.name: f"new {place}" for place, record in enumerate(new)}
        return {
            model: sorted(self._text(records, row, numbers, names) for row in stored(records))
            for model, records in found.items()
        }

    def _text(self, records, row, numbers, names):
        for name, value in row.items():
            of_model = numbers.get(records._fields[name].comodel_name, {})
            if records._fields[name].type == "properties":
                row[name] = dict(value or {})
                continue
            is_now = isinstance(value, datetime) and self.started <= value <= fields.Datetime.now()
            row[name] = "now" if is_now else of_model.get(value, value)
        if row.get("date_deadline") == row.get("scheduled_date") == "now":
            # Whether a second passed between the two.
            row["has_deadline_issue"] = "now"
        text = str(row)
        for name, called in names.items():
            text = text.replace(name, called)
        return text

    def _odoos(self, pickings):
        """Validate without any direct write."""
        with patch.object(type(self.env["oms.own.writes"]), "_may", lambda *_: False):
            pickings.with_context(skip_backorder=True, skip_sms=True).button_validate()

    def _compare(self, seeds, *kinds):
        """Validate the deliveries of random worlds twice.

        :param kinds: trackings of the products
        :return: the states of the moves after it, and how often the batch was used
        """
        states, batched, move = set(), [], QuantBatch.move

        def counted(batch, *args):
            batched.append(args)
            return move(batch, *args)

        for seed in seeds:
            with self.subTest(seed=seed):
                chance = random.Random(seed)
                pickings = self._picked(self._world(chance, kinds), chance)
                if not pickings:
                    continue
                with patch.object(QuantBatch, "move", counted):
                    mine = self._after(pickings, self.env["oms.shipper"]._validate_once)
                self.assertEqual(mine, self._after(pickings, self._odoos))
                states |= {
                    state
                    for state in STATES
                    for text in mine.get("stock.move", ())
                    if f"'state': '{state}'" in text
                }
        return states, len(batched)

    def test_ours_and_odoos_are_the_same_rows_for_any_stock(self):
        states, _batched = self._compare(range(14), "lot", "serial", "none")
        self.assertLessEqual({"done", "confirmed"}, states)

    def test_the_batch_writes_the_same_rows_as_odoo(self):
        states, batched = self._compare(range(100, 120), "none")
        self.assertEqual(states, set(STATES))
        self.assertGreater(batched, 60)

    def test_the_batch_writes_the_same_rows_for_moves_within_the_warehouse(self):
        self.warehouse.delivery_steps = "pick_ship"
        states, batched = self._compare(range(200, 212), "none")
        self.assertLessEqual({"done"}, states)
        self.assertGreater(batched, 20)
