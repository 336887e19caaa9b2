"""Why an order is served from where, in words and as a picture's data."""

from odoo import api, fields, models

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class OmsAllocationWords(models.AbstractModel):
    _name = "oms.allocation.words"
    _description = "Allocation Explanation"

    @api.model
    def _explain(self, order, goods, decision, run, routing):
        """Tell a decision so that a page can show it, today and in years.

        :param order: the ``sale.order``; may be empty for a test order
        :param goods: what is wanted: {line id: (product name, quantity)}
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
        """:return: what was decided on the items of an order before, the latest first"""
        plan = dict(order.oms_allocation_plan or {})
        earlier = plan.pop("earlier", [])
        return [plan, *earlier] if plan else earlier

    @api.model
    def _more_text(self, order, goods, text):
        """:return: why more items of an order come from where, after what was said before"""
        added = self.env._(
            "Added %(goods)s: %(why)s",
            goods=", ".join(f"{quantity:g} × {name}" for name, quantity in goods.values()),
            why=text,
        )
        return " ".join(filter(None, (order.oms_allocation_text, added)))

    @api.model
    def _names(self, decision):
        """:return: names by id of all warehouses a decision is about"""
        ids = {v.warehouse for trial in decision.trials for v in trial.verdicts}
        if decision.plan:
            ids |= set(decision.plan.warehouses)
        return {w.id: w.name for w in self.env["stock.warehouse"].sudo().browse(sorted(ids))}

    @api.model
    def _more_title(self, order, decision, title):
        """:param str title: how what was added to an order is served
        :return: the same, with the parcels of the whole order where they are more
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
        """:return: how it ended, in a few words"""
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
        """:return: what each warehouse sends now"""
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
        """:return: what of the shares is not there, by (line, warehouse)"""
        late, served = {}, decision.plan.served
        for line, share in decision.plan.shares.items():
            for warehouse, quantity in share.items():
                rest = quantity - served.get((line, warehouse), 0.0)
                if rest > 1e-6:
                    late[line, warehouse] = rest
        return late

    @api.model
    def _waiting(self, goods, decision, names):
        """:return: what waits, and where"""
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
        :return: a rule that was tried
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
        """:return: how a rule ended, in words"""
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
        """:return: what is said of a warehouse, in words"""
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
