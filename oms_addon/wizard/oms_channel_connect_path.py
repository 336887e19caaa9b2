"""Wizard to connect a channel: moving between the steps."""

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY


class OmsChannelConnect(models.TransientModel):
    _inherit = "oms.channel.connect"

    # === STEPS === #

    @api.model
    def _titles(self):
        """:return: the title of each step"""
        return {
            "kind": self.env._("Channel Type"),
            "credentials": self.env._("Access"),
            "test": self.env._("Test"),
            "stock": self.env._("Warehouses"),
            "taxes": self.env._("Taxes"),
            "policy": self.env._("Policy"),
            "sync": self.env._("Stock"),
            "prices": self.env._("Prices"),
            "history": self.env._("Orders"),
            "summary": self.env._("Summary"),
        }

    def _steps(self):
        """:return: the steps a channel of this kind needs, in order"""
        adapter = self._adapter()
        needed = {
            "test": bool(adapter._credentials),
            "taxes": adapter._can_fetch_taxes,
            "sync": adapter._can_push_stock and adapter._can_fetch_listings,
            "prices": adapter._can_push_price and adapter._can_fetch_listings,
            "history": adapter._can_fetch or adapter._can_register,
        }
        return [step for step in self._titles() if needed.get(step, True)]

    def _neighbour(self, distance):
        """:return: the step at a distance from the current one, within the first and last"""
        steps = self._steps()
        place = steps.index(self.step) if self.step in steps else 0
        return steps[min(max(place + distance, 0), len(steps) - 1)]

    def _enter(self, step):
        """Show a step, with the error of its preparation."""
        self.sudo().write({"step": step, "error": False})
        if self.channel_id.state == "draft":
            self.channel_id.check_access("write")
            self.channel_id.sudo().connect_step = step
        if hasattr(self, f"_enter_{step}"):
            self.sudo().error = self._guard(f"_enter_{step}")

    def _guard(self, method):
        """Run a method of a step in a savepoint, which is rolled back on errors.

        :return: the error message; '' when there is none
        :rtype: str
        """
        try:
            with self.env.cr.savepoint():
                return getattr(self, method)() or "" if hasattr(self, method) else ""
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # noqa: BLE001 - shown on the step
            self.env.invalidate_all()
            return self.env["oms.channel.message"]._error_text(error)
