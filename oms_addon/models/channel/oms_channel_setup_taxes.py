"""A channel's taxes, matched with Odoo's or created."""

from decimal import Decimal

from odoo import models
from odoo.fields import Command

from odoo.addons.oms_addon.documents.parts import Tax
from odoo.addons.oms_addon.tools.tax_choice import mapping_keys


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    # === TAXES === #

    def _match_taxes(self, reported):
        """Find the Odoo sales taxes that correspond to a channel's taxes.

        Taxes that apply together map to different taxes; taxes that compound taxes are computed on
        must affect the base of subsequent taxes.

        :param list reported: result of the adapter's ``_fetch_taxes``
        :return: each distinct tax with a rate above 0 and the Odoo tax, empty if there is none
        :rtype: list[tuple[dict, account.tax]]
        """
        self.ensure_one()
        book = self.env["oms.order.builder"]._find_taxes(self)
        has_compound = any(tax.get("compound") for tax in reported)
        pairs, taken = {}, {}
        for tax in sorted(reported, key=lambda t: bool(t.get("compound"))):
            keys = self._get_tax_keys(tax)
            if not Decimal(tax["rate"]) or keys[0] in pairs:
                continue
            options = book._options_of(
                Tax(
                    ref=tax.get("ref") or "",
                    name=tax["name"],
                    rate=Decimal(tax["rate"]),
                    compound=bool(tax.get("compound")),
                ),
                bool(tax["included"]),
                "",
                None,
                True,
            )
            place = tax.get("priority") or 0
            found = next(
                (
                    option
                    for option in options
                    if taken.get(option.id, place) == place
                    and (
                        not has_compound
                        or option.affects
                        and option.affected == bool(tax.get("compound"))
                    )
                ),
                None,
            )
            if found:
                taken[found.id] = place
            ours = self.env["account.tax"].browse(found.id if found else [])
            pairs[keys[0]] = ({**tax, "affects": has_compound}, ours)
        return list(pairs.values())

    def _get_tax_keys(self, tax):
        """:return: the mapping keys of a channel's tax, see ``mapping_keys``"""
        return mapping_keys(
            tax.get("ref"),
            tax["name"],
            Decimal(tax["rate"]),
            bool(tax.get("compound")),
            bool(tax["included"]),
        )

    def _map_taxes(self, pairs):
        """Store which Odoo tax corresponds to each of the channel's taxes.

        :param list pairs: dicts as of the adapter's ``_fetch_taxes`` and ``account.tax``
        """
        self.ensure_one()
        known = {m.key: m for m in self.mapping_ids if m.kind == "tax"}
        for reported, tax in pairs:
            keys = self._get_tax_keys(reported)
            if not tax or not keys:
                continue
            if keys[0] in known:
                known[keys[0]].tax_id = tax
            else:
                values = {
                    "kind": "tax",
                    "key": keys[0],
                    "value": reported["name"],
                    "tax_id": tax.id,
                }
                self.mapping_ids = [Command.create(values)]

    def _create_taxes(self, reported):
        """Create sales taxes for a channel's tax rates.

        :param list reported: dicts as of the adapter's ``_fetch_taxes``
        :return: the taxes
        """
        self.ensure_one()
        # A user who may connect a channel may create the taxes its orders need, and no others.
        Tax_sudo = self.env["account.tax"].sudo().with_company(self.company_id)
        taken = set(
            Tax_sudo.with_context(active_test=False)
            .search(
                [("company_id", "=", self.company_id.id), ("type_tax_use", "=", "sale")],
            )
            .mapped("name")
        )
        self._ensure_tax_group()
        taxes = Tax_sudo
        for tax in reported:
            name = self._free_tax_name(tax, taken)
            taken.add(name)
            taxes += Tax_sudo.create(self._prepare_tax(tax, name))
        for tax in taxes:
            self.env["oms.event"]._log(
                self, "channel.tax", self.env._("Sales tax %(name)s created", name=tax.name)
            )
        return taxes

    def _ensure_tax_group(self):
        """Create a tax group for the company's sales taxes if its country has none."""
        # A user who may connect a channel may create the tax group its taxes need.
        Group_sudo = self.env["account.tax.group"].sudo().with_company(self.company_id)
        country = self.company_id.account_fiscal_country_id
        if not Group_sudo.search_count(
            [
                *Group_sudo._check_company_domain(self.company_id),
                ("country_id", "in", (country.id, False)),
            ],
            limit=1,
        ):
            Group_sudo.create(
                {
                    "name": self.env._("Taxes"),
                    "company_id": self.company_id.id,
                    "country_id": country.id,
                }
            )

    def _prepare_tax(self, tax, name):
        """:return: the values of the sales tax for a channel's tax rate"""
        return {
            "name": name,
            "amount": float(tax["rate"]),
            "amount_type": "percent",
            "type_tax_use": "sale",
            "company_id": self.company_id.id,
            "price_include_override": "tax_included" if tax["included"] else "tax_excluded",
            "include_base_amount": bool(tax.get("affects")),
            "is_base_affected": bool(tax.get("compound")) or not tax.get("affects"),
            # Compound taxes are computed last.
            "sequence": (100 if tax.get("compound") else 1) + min(tax.get("priority") or 0, 90),
        }

    def _free_tax_name(self, tax, taken):
        """:return: a unique name for a tax"""
        rate = f"{Decimal(tax['rate']).normalize():f}"
        title = tax["name"] or self.env._("Tax")
        name = title if rate in title else f"{title} {rate}%"
        if tax["included"]:
            name = self.env._("%(name)s incl.", name=name)
        candidates = [name, f"{name} ({self.name})"]
        return next((each for each in candidates if each not in taken), f"{name} ({self.id})")
