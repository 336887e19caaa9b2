"""A simulated PrestaShop 8 and its webservice: tables, filters, permissions, states, stock, slips.

It responds as the real one: JSON where ``output_format`` requests it, else XML; ``[]`` for no rows;
errors with PrestaShop's own numbers. It has no webhooks.
"""

from zoneinfo import ZoneInfo

from ..base import Simulator
from .orders import Orders
from .products import Products
from .reading import Reading
from .slips import Slips
from .states import States
from .tables import KEY, METHODS, RESOURCES, STATES
from .webservice import Webservice
from .writing import Writing


class PrestashopSimulator(Webservice, Reading, Writing, Products, Orders, States, Slips, Simulator):
    code = "prestashop"
    topics = ()
    lacks = frozenset({"webhooks", "cancel_request", "locations", "ship_there", "exchange"})
    adds_to_shipped = False

    def __init__(self, port=0, seed=1, zone="Europe/Paris"):
        super().__init__(port, seed)
        self.key = KEY
        self.is_on = True
        self.zone = ZoneInfo(zone)
        self.permissions = {name: set(METHODS) for name in RESOURCES}
        self.tables = {name: {} for name in RESOURCES}
        self.totals = {}
        #: (order, state) pairs whose customers were mailed
        self.mails = []
        #: PHP notices before every response, if errors are displayed; b"" is none
        self.notice = b""
        #: maximum number of rows in a response, whatever the limit of the call
        self.page_limit = 0
        #: ids of virtual products with a file to download
        self.files = set()
        #: states that a module replaces by others, by id
        self.diverted = {}
        self._install()

    def _install(self):
        for iso, rate in (("EUR", "1.000000"), ("GBP", "0.850000"), ("USD", "1.100000")):
            self.insert("currencies", iso_code=iso, conversion_rate=rate, precision="2", active="1")
        for iso in ("FR", "DE", "GB", "US", "ES"):
            self.insert("countries", iso_code=iso, active="1")
        self.insert("states", iso_code="CA", name="California", id_country="4")
        self.insert("languages", iso_code="fr", locale="fr-FR", active="1")
        self.insert("languages", iso_code="en", locale="en-GB", active="1")
        self.insert("shops", name="Main", id_shop_group="1", active="1", deleted="0")
        self.insert("carriers", name="0", id_reference="1", external_module_name="")
        self.insert("carriers", name="My carrier", id_reference="2", external_module_name="")
        for name, *flags in STATES.values():
            names = ("logable", "paid", "shipped", "delivery", "invoice")
            self.insert(
                "order_states",
                name=name,
                deleted="0",
                **dict(zip(names, map(str, flags), strict=True)),
            )
        settings = {
            "PS_TIMEZONE": str(self.zone),
            "PS_CURRENCY_DEFAULT": "1",
            "PS_COUNTRY_DEFAULT": "1",
            "PS_LANG_DEFAULT": "1",
            "PS_ROUND_TYPE": "2",
            "PS_PRICE_ROUND_MODE": "2",
            "PS_STOCK_MANAGEMENT": "1",
            "PS_USE_ECOTAX": "0",
            "PS_ECOTAX_TAX_RULES_GROUP_ID": "0",
            "PS_OS_SHIPPING": "4",
            "PS_OS_DELIVERED": "5",
            "PS_OS_CANCELED": "6",
            "PS_OS_REFUND": "7",
            "PS_OS_ERROR": "8",
        }
        for name, value in settings.items():
            self.insert("configurations", name=name, value=value, id_shop="", id_shop_group="")

    def insert(self, resource, **values):
        """Add a row. :return: the row, with the next id of its table"""
        rows = self.tables[resource]
        row = {"id": max(rows, default=0) + 1, **values}
        rows[row["id"]] = row
        return row

    def rows(self, resource, **values):
        """:return: the rows with these values"""
        return [
            row
            for row in self.tables[resource].values()
            if all(str(row.get(key)) == str(value) for key, value in values.items())
        ]

    def local(self, moment=None):
        """:return: a time in the store's format: local time, without offset"""
        return f"{(moment or self.now).astimezone(self.zone):%Y-%m-%d %H:%M:%S}"
