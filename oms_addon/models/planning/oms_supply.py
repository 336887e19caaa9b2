"""Vendors of products: lead time, minimum, multiple and prices in the company's currency."""

from dataclasses import dataclass

from odoo import api, models

from odoo.addons.oms_addon.tools.forecasting.proposal import Terms
from odoo.addons.oms_addon.tools.forecasting.stock import LeadTime, lead_time


@dataclass(frozen=True)
class Supply:
    """The vendor that a product is bought from first.

    :ivar LeadTime lead: in days; ``None`` if neither the vendor's price list nor a receipt has one
    :ivar tuple prices: pairs (from quantity, price), in the product's unit and company currency
    """

    vendor_id: int
    uom_id: int
    lead: LeadTime | None
    minimum: float
    multiple: float
    prices: tuple

    def terms(self, holding_rate):
        """:rtype: Terms"""
        return Terms(self.minimum, self.multiple, self.prices, holding_rate)


class OmsSupply(models.AbstractModel):
    _name = "oms.supply"
    _description = "Supply"

    @api.model
    def _read_supplies(self, company, products):
        """Read the first valid vendor of each product.

        :param products: ``product.product`` records
        :return: `Supply` by product id; products without a vendor are missing
        :rtype: dict[int, Supply]
        """
        today = company._oms_today()
        sellers = {}
        for product in products.sudo().with_company(company):
            valid = product._get_filtered_sellers(quantity=None, date=today)
            if valid:
                first = valid[:1]
                sellers[product] = valid.filtered(lambda s, v=first: s.partner_id == v.partner_id)
        vendors = self.env["res.partner"].sudo().union(*(s.partner_id for s in sellers.values()))
        receipts = self.env["oms.vendor.scorecard"]._read_lead_days(company, vendors)
        return {
            product.id: self._prepare_supply(product, rows, receipts, today)
            for product, rows in sellers.items()
        }

    @api.model
    def _prepare_supply(self, product, sellers, receipts, today):
        """:return: the terms of one vendor of a product
        :rtype: Supply
        """
        vendor = sellers.partner_id
        prices = {}
        for seller in sellers:
            start = seller.product_uom_id._compute_quantity(
                seller.min_qty, product.uom_id, round=False
            )
            price = self._company_price(product, seller, today)
            prices[start] = min(price, prices.get(start, price))
        unit = sellers[:1].product_uom_id
        key = vendor.commercial_partner_id.id
        promised = float(max(sellers.mapped("delay")))
        own, others = receipts.get((key, product.id), ()), receipts.get((key, None), ())
        return Supply(
            vendor_id=vendor.id,
            uom_id=unit.id,
            lead=lead_time(promised, own, others) if promised > 0 or own else None,
            minimum=min(prices),
            multiple=unit._compute_quantity(1.0, product.uom_id, round=False),
            prices=tuple(sorted(prices.items())),
        )

    @api.model
    def _company_price(self, product, seller, today):
        """:return: a vendor's price per unit of the product, in the currency of the company"""
        price = seller.price * (1 - seller.discount / 100)
        price = seller.product_uom_id._compute_price(price, product.uom_id)
        company = product.env.company
        return seller.currency_id._convert(price, company.currency_id, company, today, round=False)
