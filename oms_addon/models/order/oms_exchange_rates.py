"""Availability and age of the exchange rates for orders and prices."""

from odoo import api, fields, models


class OmsExchangeRates(models.AbstractModel):
    """Odoo silently converts 1:1 if a currency has no rate; this check detects it before."""

    _name = "oms.exchange.rates"
    _description = "Exchange Rates"

    @api.model
    def _dates(self, company, currencies):
        """Find the dates of the exchange rates of currencies.

        :param currencies: ``res.currency`` records
        :return: dates by currency id, newest first; the company's own currency is left out
        :rtype: dict
        """
        foreign = currencies - company.currency_id
        if not foreign:
            return {}
        rates = (
            self.env["res.currency.rate"]
            .sudo()
            .search(
                [
                    ("currency_id", "in", foreign.ids),
                    ("company_id", "in", [False, company.root_id.id]),
                    ("rate", ">", 0),
                ],
                order="name desc",
            )
        )
        found = {currency.id: [] for currency in foreign}
        for rate in rates:
            found[rate.currency_id.id].append(rate.name)
        return found

    @api.model
    def _problem(self, channel, currency, dates, day):
        """Check whether an amount can be converted at the rate of a day.

        :param dates: the return value of ``_dates``
        :return: why it cannot be converted; '' if it can
        :rtype: str
        """
        if currency.id not in dates:
            return ""
        last = next((date for date in dates[currency.id] if date <= day), None)
        values = {
            "currency": currency.name,
            "company": channel.company_id.currency_id.name,
            "day": fields.Date.to_string(day),
        }
        if not last:
            return self.env._(
                "There is no exchange rate from %(currency)s to %(company)s for %(day)s. Add "
                "one under Invoicing, Configuration, Currencies, then retry.",
                **values,
            )
        if channel.rate_max_days and (day - last).days > channel.rate_max_days:
            return self.env._(
                "The last exchange rate from %(currency)s to %(company)s before %(day)s is "
                "dated %(last)s, more than %(days)s days earlier. Add one under Invoicing, "
                "Configuration, Currencies, then retry.",
                last=fields.Date.to_string(last),
                days=channel.rate_max_days,
                **values,
            )
        return ""
