"""A simulated Shopify store: Admin GraphQL API, exports and signed webhooks."""

from .shop import ShopifySimulator

__all__ = ["ShopifySimulator"]
