"""Amazon's Selling Partner API, simulated: orders in both versions, feeds, reports, rate limits."""

import json
from datetime import datetime, timedelta, timezone
from urllib.parse import unquote

from ..base import Simulator
from .access import AccessMixin
from .feeds import FeedsMixin, error
from .finances import FinancesMixin
from .listings import ListingsMixin
from .models import Models
from .notifications import NotificationsMixin
from .operations import MARKETS, OPERATIONS, PATTERNS
from .order_operations import OrderOperationsMixin
from .selling import SellingMixin

__all__ = ["AmazonSimulator"]


class AmazonSimulator(
    AccessMixin,
    OrderOperationsMixin,
    ListingsMixin,
    NotificationsMixin,
    SellingMixin,
    FeedsMixin,
    FinancesMixin,
    Simulator,
):
    """A seller account.

    :param str market: the marketplace of orders
    :param str currency: of orders, if not the marketplace's
    :param models: the folder of Amazon's models; every call is validated with them
    :param float rate_factor: multiple of the published rate limits
    """

    code = "amazon"
    topics = ()
    lacks = frozenset({"webhooks", "edit", "address", "compare_and_set", "reopen", "exchange"})
    adds_to_shipped = False

    def __init__(
        self, port=0, seed=1, market="A1PA6795UKMFR9", currency="", models=None, rate_factor=1000.0
    ):
        super().__init__(port, seed)
        # Use the real time, as search windows are relative to it.
        now = datetime.now(timezone.utc).replace(microsecond=0)
        self.now = now - timedelta(hours=2)
        self.market, self.site = market, MARKETS[market][0]
        self.currency = currency or MARKETS[market][1]
        self.tax_added = MARKETS[market][2]
        self.models = Models(models)
        #: errors in calls and responses, according to the models
        self.violations = []
        self.rate_factor = rate_factor
        self.buckets = {}
        self.seller = "A2SIMSELLER01"
        self.client = {"api_key": "amzn1.application-oa2-client.sim", "api_secret": "amzn-secret"}
        self.refresh_token = "Atzr|simulated"
        #: permissions of the account: "2026" (the new Orders API), "personal" (buyer data),
        #: "orders", "listings", "finance" (transactions)
        self.roles = {"2026", "personal", "orders", "listings", "finance"}
        self.tokens = {}
        self.shop, self.listings = {}, {}
        self.destinations, self.subscriptions = {}, {}
        #: where the pipe of the seller's AWS account posts to, and its key
        self.pipe = ("", "")
        self._init_feeds()
        self._init_finances()

    def _clock(self):
        return f"{self.now:%Y-%m-%dT%H:%M:%SZ}"

    def handle(self, request):
        if request.path == "/auth/o2/token":
            return self._login(request)
        if request.path.startswith("/storage/"):
            return self._storage(request, request.path.removeprefix("/storage/"))
        name, found = self._find(request)
        token = self._check_access(name, request)
        self._count(name)
        operation = self.models.find(request.method, request.path)
        if operation:
            self._check(operation, request)
        arguments = {key: unquote(value) for key, value in found.groupdict().items()}
        request.token = token
        response = getattr(self, f"op_{name}")(request, **arguments)
        response.headers["x-amzn-RateLimit-Limit"] = str(OPERATIONS[name][2] * self.rate_factor)
        if operation:
            problems = list(operation.answer_problems(response.status, response.body))
            self.violations += [f"answer of {name}: {problem}" for problem in problems]
        return response

    def _find(self, request):
        for name, method, pattern in PATTERNS:
            if method == request.method and (found := pattern.fullmatch(request.path)):
                return name, found
        raise error(404, "NotFound", "There is no such operation.")

    def _check(self, operation, request):
        body = json.loads(request.body) if request.body else None
        problems = [*operation.query_problems(request.query), *operation.body_problems(body)]
        if problems:
            self.violations += [f"{operation.name}: {problem}" for problem in problems]
            raise error(400, "InvalidInput", "; ".join(problems))
