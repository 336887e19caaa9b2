"""Explanations of allocation decisions, as text and as data for display."""

from odoo import api, fields, models

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class OmsAllocationExplanation(models.AbstractModel):
    _name = "oms.allocation.explanation"
    _description = "Allocation Explanation"

    @api.model
    def _explain(self, order, goods, decision, run, routing):
        """Convert a decision to self-contained data for display, independent of later changes.

        :param order: the ``sale.order``; may be empty for a test order
        :param goods: the demand: {line id: (product name, quantity)}
        :param decision: ``sourcing.Decision``
        :return: JSON-able data
        :rtype: dict
        """
        names = self._names(decision)
        return {
            "at": fields.Datetime.to_string(fields.Datetime.now()),
            "by": unsealed(self.env, "actor") or self.env.user.name,
            "run": run.name or "",
            "routing": routing.name or "",
            "rule": decision.rule.name if decision.rule else "",
            "outcome": decision.outcome,
            "title": self._title(decision),
            "km": round(decision.km) if decision.km is not None else False,
            "cost": order.company_id.currency_id.round(decision.cost) if order else decision.cost,
            "currency_id": (order.company_id or self.env.company).currency_id.id,
            "parcels": self._parcels(goods, decision, names),
            "waiting": self._waiting(goods, decision, names),
            "trials": [
                self._trial(trial, names, order.oms_chosen_warehouse_id)
                for trial in decision.trials
            ],
        }

    @api.model
    def _earlier(self, order):
        """:return: the stored decisions on an order, the latest first"""
        plan = dict(order.oms_allocation_plan or {})
        earlier = plan.pop("earlier", [])
        return [plan, *earlier] if plan else earlier

    @api.model
    def _added_text(self, order, goods, text):
        """:return: the explanation of the order, with that of added items appended"""
        added = self.env._(
            "Added %(goods)s: %(why)s",
            goods=", ".join(f"{quantity:g} × {name}" for name, quantity in goods.values()),
            why=text,
        )
        return " ".join(filter(None, (order.oms_allocation_text, added)))

    @api.model
    def _names(self, decision):
        """:return: the names of all warehouses in a decision, by id"""
        ids = {v.warehouse for trial in decision.trials for v in trial.verdicts}
        if decision.plan:
            ids |= set(decision.plan.warehouses)
        return {w.id: w.name for w in self.env["stock.warehouse"].sudo().browse(sorted(ids))}

    @api.model
    def _added_title(self, order, decision, title):
        """:param str title: the title for the added items
        :return: the title, with the parcels of the whole order if there are more
        :rtype: str
        """
        todo = order._oms_pickings()._oms_todo()
        here = {
            p.picking_type_id.warehouse_id.id for p in todo if p.picking_type_code != "incoming"
        }
        own = set(decision.plan.warehouses if decision.plan else ())
        if not here - own:
            return title
        return self.env._(
            "Added units: %(title)s. The order ships in %(count)s parcels.",
            title=title,
            count=len(here | own),
        )

    @api.model
    def _title(self, decision):
        """:return: a short title of the outcome"""
        parcels = len(decision.plan.serving) if decision.plan else 0
        return {
            "whole": self.env._("Complete, in one parcel"),
            "split": self.env._("Split into %(parcels)s parcels", parcels=parcels),
            "partial": self.env._("Partially allocated: the remaining items are backordered"),
            "waits": self.env._("Backordered"),
            "queue": self.env._("On hold for review"),
            "cancel": self.env._(
                "Backordered; cancelled after %(days)s days",
                days=decision.rule.cancel_days if decision.rule else 0,
            ),
        }[decision.outcome]

    @api.model
    def _parcels(self, goods, decision, names):
        """:return: the items each warehouse sends now"""
        if not decision.plan:
            return []
        late = self._late(goods, decision)
        verdicts = {v.warehouse: v for v in decision.trials[-1].verdicts}
        parcels = []
        for warehouse in decision.plan.serving:
            lines = []
            for line, share in decision.plan.shares.items():
                quantity = share.get(warehouse, 0.0) - late.get((line, warehouse), 0.0)
                if quantity > 1e-6:
                    lines.append({"product": goods[line][0], "quantity": f"{quantity:g}"})
            verdict = verdicts.get(warehouse)
            parcels.append(
                {
                    "warehouse": names[warehouse],
                    "warehouse_id": warehouse,
                    "km": round(verdict.km) if verdict and verdict.km is not None else False,
                    "cost": verdict.cost if verdict else 0.0,
                    "lines": lines,
                }
            )
        return parcels

    @api.model
    def _late(self, goods, decision):
        """:return: the quantities of the shares that are not available, by (line, warehouse)"""
        late, served = {}, decision.plan.served
        for line, share in decision.plan.shares.items():
            for warehouse, quantity in share.items():
                rest = quantity - served.get((line, warehouse), 0.0)
                if rest > 1e-6:
                    late[line, warehouse] = rest
        return late

    @api.model
    def _waiting(self, goods, decision, names):
        """:return: the backordered items, with their warehouse"""
        if not decision.plan:
            return []
        return [
            {
                "product": goods[line][0],
                "quantity": f"{quantity:g}",
                "warehouse": names[warehouse],
                "warehouse_id": warehouse,
            }
            for (line, warehouse), quantity in self._late(goods, decision).items()
        ]

    @api.model
    def _trial(self, trial, names, chosen):
        """:param chosen: the warehouse a person chose, if any
        :return: the data of an evaluated rule
        """
        return {
            "rule": trial.rule.name or self.env._("No rule"),
            "rule_id": trial.rule.id,
            "outcome": trial.outcome,
            "text": self.env._("The warehouse was set manually: rules are not applied.")
            if chosen
            else self._outcome_text(trial),
            "warehouses": [
                {
                    "id": v.warehouse,
                    "name": names[v.warehouse],
                    "code": v.code,
                    "state": "chosen" if v.chosen else "open" if v.is_open else "closed",
                    "text": self._verdict_text(v),
                    "percent": round(100 * v.has / v.wanted) if v.wanted else 0,
                    "stock": f"{v.has:g}/{v.wanted:g}",
                    "km": round(v.km) if v.km is not None else False,
                    "cost": v.cost,
                }
                for v in trial.verdicts
            ],
        }

    @api.model
    def _outcome_text(self, trial):
        """:return: the outcome of a rule for display"""
        return {
            "served": self.env._("The rule allocates the complete order."),
            "partial": self.env._("Insufficient stock: the available items are allocated."),
            "cancel": self.env._("Insufficient stock: the order is backordered, then cancelled."),
            "queue": self.env._("Insufficient stock: the order is on hold for review."),
            "next": self.env._(
                "Insufficient stock within the limits of the rule: the next rule is tried."
            ),
            "nobody": self.env._("The rule allows no warehouse for this order."),
            "zone": self.env._("The rule does not apply to the order's destination."),
            "free": self.env._(
                "The first warehouse with all items, otherwise the fewest "
                "warehouses that have all items together."
            ),
        }[trial.outcome]

    @api.model
    def _verdict_text(self, verdict):
        """:return: the assessment of a warehouse for display"""
        if verdict.code == "open":
            text = self.env._(
                "%(has)s of %(wanted)s in stock",
                has=f"{verdict.has:g}",
                wanted=f"{verdict.wanted:g}",
            )
        else:
            text = {
                "other": self.env._("not a warehouse of this rule"),
                "rejected": self.env._("short pick reported earlier"),
                "carrier": self.env._("does not work with the order's carrier"),
                "far": self.env._(
                    "%(km)s km, limit %(limit)s",
                    km=f"{verdict.km or 0:.0f}",
                    limit=f"{verdict.limit:g}",
                ),
                "unknown": self.env._("distance unknown: the address could not be located"),
                "full": self.env._("daily capacity reached"),
            }[verdict.code]
        return text
