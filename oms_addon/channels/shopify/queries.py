"""Shopify: queries of its Admin GraphQL API.

No query may cost more than 1,000 points, Shopify's maximum: an object is 1 point, a connection 2
points plus its page size, a mutation 10 points.
"""

AMOUNT = "presentmentMoney { amount }"
TAXES = f"taxLines {{ title rate priceSet {{ {AMOUNT} }} }}"
DISCOUNTS = f"discountAllocations {{ allocatedAmountSet {{ {AMOUNT} }} }}"
ADDRESS = """
  name firstName lastName company address1 address2 city zip province provinceCode
  countryCodeV2 phone"""
PAGE = "pageInfo { hasNextPage endCursor }"
ERRORS = "userErrors { field message }"
LINE = f"""
  id sku name title quantity currentQuantity unfulfilledQuantity isGiftCard requiresShipping
  variant {{ id }} product {{ id }}
  originalUnitPriceSet {{ {AMOUNT} }}
  {DISCOUNTS} {TAXES}
  duties {{ id harmonizedSystemCode price {{ {AMOUNT} }} {TAXES} }}
  customAttributes {{ key value }}"""
SHIPPING_LINE = f"""
  id title isRemoved originalPriceSet {{ {AMOUNT} }} {DISCOUNTS} {TAXES}"""
TRANSACTION = """
  id kind status gateway createdAt processedAt
  amountSet { presentmentMoney { amount currencyCode } }
  parentTransaction { id }
  paymentDetails { ... on BasePaymentDetails { paymentMethodName } }"""
FULFILLMENT_ORDER = """
  id status updatedAt fulfillAt fulfillBy
  assignedLocation {
    name address1 address2 city zip province countryCode phone
    location { id isFulfillmentService }
  }
  deliveryMethod { methodType maxDeliveryDateTime }
  fulfillmentHolds { reason displayReason reasonNotes }"""


def _connection(name, arguments, fields):
    """:return: a list of an order, limited to a page; for exports, which page themselves, all"""
    return (
        f"{name}({arguments}) {{ nodes {{ {fields} }} {PAGE} }}"
        if arguments
        else f"{name} {{ edges {{ node {{ {fields} }} }} }}"
    )


def _sent(paged):
    """:return: the fields of a fulfillment; exports do not support nested lists"""
    fields = "quantity lineItem { id }"
    return _connection("fulfillmentLineItems", "first: 8", fields) if paged else ""


def _order(paged):
    lists = (
        ("localizedFields", "first: 3", "purpose title value"),
        ("lineItems", "first: 8", LINE),
        ("shippingLines", "first: 2", SHIPPING_LINE),
        ("fulfillmentOrders", "first: 4", FULFILLMENT_ORDER),
    )
    connections = "\n".join(
        _connection(name, arguments if paged else "", fields) for name, arguments, fields in lists
    )
    return f"""
  id name createdAt processedAt updatedAt cancelledAt cancelReason test note tags email phone
  customerLocale currencyCode presentmentCurrencyCode taxesIncluded dutiesIncluded
  sourceName poNumber discountCodes displayFulfillmentStatus paymentGatewayNames
  paymentTerms {{ paymentTermsName paymentTermsType dueInDays }}
  customAttributes {{ key value }}
  totalPriceSet {{ {AMOUNT} shopMoney {{ amount }} }}
  totalTipReceivedSet {{ {AMOUNT} }}
  originalTotalAdditionalFeesSet {{ {AMOUNT} }}
  taxLines {{ title }}
  billingAddress {{ {ADDRESS} }}
  shippingAddress {{ {ADDRESS} }}
  customer {{
    id firstName lastName
    defaultEmailAddress {{ emailAddress }} defaultPhoneNumber {{ phoneNumber }}
  }}
  purchasingEntity {{
    ... on PurchasingCompany {{
      company {{ id name }} location {{ id taxSettings {{ taxRegistrationId }} }}
    }}
  }}
  transactions {{ {TRANSACTION} }}
  refunds {{ id }}
  fulfillments {{ status displayStatus location {{ id }} {_sent(paged)} }}
  risk {{ recommendation assessments {{ riskLevel }} }}
  {connections}"""


# === ORDERS === #

CHANGED_ORDERS = f"""
query ChangedOrders($first: Int!, $after: String, $filter: String!, $key: OrderSortKeys!,
    $reverse: Boolean = false) {{
  orders(first: $first, after: $after, query: $filter, sortKey: $key, reverse: $reverse) {{
    nodes {{ id updatedAt }} {PAGE}
  }}
}}"""
ORDERS = f"""
query Orders($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Order {{ {_order(True)} }} }} }}"""
ORDERS_COUNT = """
query OrdersCount($filter: String!) {
  ordersCount(query: $filter, limit: null) { count precision }
}"""
ORDER_OF_PART = """
query OrderOfPart($ids: [ID!]!) { nodes(ids: $ids) { ... on FulfillmentOrder { id orderId } } }"""
MORE = {
    name: f"""
query More($id: ID!, $after: String) {{
  order(id: $id) {{ {name}(first: 40, after: $after) {{ nodes {{ {fields} }} {PAGE} }} }}
}}"""
    for name, fields in (
        ("lineItems", LINE),
        ("shippingLines", SHIPPING_LINE),
        ("fulfillmentOrders", FULFILLMENT_ORDER),
        ("localizedFields", "purpose title value"),
    )
}
REFUND_LINE = f"""
  quantity restockType subtotalSet {{ {AMOUNT} }} totalTaxSet {{ {AMOUNT} }}
  lineItem {{ id sku }}"""
_REFUND_LISTS = {
    "refundLineItems": (20, REFUND_LINE),
    "refundShippingLines": (
        3,
        f"shippingLine {{ id }} subtotalAmountSet {{ {AMOUNT} }} taxAmountSet {{ {AMOUNT} }}",
    ),
    "transactions": (5, TRANSACTION),
}
_REFUND = "\n".join(
    _connection(name, f"first: {first}", fields) for name, (first, fields) in _REFUND_LISTS.items()
)
REFUNDS = f"""
query Refunds($ids: [ID!]!) {{
  nodes(ids: $ids) {{ ... on Refund {{ id createdAt note {_REFUND} }} }}
}}"""
MORE_OF_REFUND = {
    name: f"""
query MoreOfRefund($id: ID!, $after: String) {{
  node(id: $id) {{
    ... on Refund {{ {_connection(name, "first: 80, after: $after", fields)} }}
  }}
}}"""
    for name, (_first, fields) in _REFUND_LISTS.items()
}
SCHEDULED_LINES = f"""
query ScheduledLines($id: ID!, $after: String) {{
  node(id: $id) {{
    ... on FulfillmentOrder {{
      lineItems(first: 100, after: $after) {{ nodes {{ lineItem {{ id }} }} {PAGE} }}
    }}
  }}
}}"""
EXPORT = f"""
{{ orders(query: %s) {{ edges {{ node {{ {_order(False)} }} }} }} }}"""
START_EXPORT = """
mutation StartExport($query: String!) {
  bulkOperationRunQuery(query: $query) {
    bulkOperation { id status } userErrors { field message code }
  }
}"""
EXPORT_STATE = """
query ExportState($id: ID!) {
  bulkOperation(id: $id) { id status errorCode url fileSize objectCount }
}"""
# === LISTINGS === #

LEVEL = 'location { id } quantities(names: ["available"]) { quantity }'
LISTINGS = f"""
query Listings($first: Int!, $after: String) {{
  shop {{ currencyCode }}
  productVariants(first: $first, after: $after) {{
    nodes {{
      id sku barcode title price
      product {{ id title status featuredMedia {{ preview {{ image {{ url }} }} }} }}
      inventoryItem {{
        id tracked
        inventoryLevels(first: 6) {{ nodes {{ {LEVEL} }} {PAGE} }}
      }}
    }}
    {PAGE}
  }}
}}"""
MORE_LEVELS = f"""
query MoreLevels($id: ID!, $after: String) {{
  node(id: $id) {{
    ... on InventoryItem {{
      inventoryLevels(first: 100, after: $after) {{ nodes {{ {LEVEL} }} {PAGE} }}
    }}
  }}
}}"""
LOCATIONS = f"""
query Locations($after: String) {{
  locations(first: 100, after: $after) {{
    nodes {{ id name isFulfillmentService fulfillsOnlineOrders }} {PAGE}
  }}
}}"""
TAXES_SEEN = """
query TaxesSeen {
  orders(first: 100, sortKey: PROCESSED_AT, reverse: true) {
    nodes { taxesIncluded taxLines { title rate } }
  }
}"""
LEVELS = """
query Levels($ids: [ID!]!, $location: ID!) {
  nodes(ids: $ids) {
    ... on InventoryItem {
      id inventoryLevel(locationId: $location) { quantities(names: ["available"]) { quantity } }
    }
  }
}"""
VARIANTS = """
query Variants($ids: [ID!]!) {
  shop { currencyCode }
  nodes(ids: $ids) { ... on ProductVariant { id product { id } } }
}"""
# === CONNECTION === #

CUSTOMER = """
query Customer($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Customer { id defaultEmailAddress { emailAddress } } }
}"""
WHO = """
query Who {
  shop { name myshopifyDomain currencyCode }
  currentAppInstallation { accessScopes { handle } }
}"""
SUBSCRIPTIONS = f"""
query Subscriptions($after: String) {{
  webhookSubscriptions(first: 100, after: $after) {{ nodes {{ id topic uri }} {PAGE} }}
}}"""
SUBSCRIBE = f"""
mutation Subscribe($topic: WebhookSubscriptionTopic!, $uri: String!) {{
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: {{ uri: $uri, format: JSON }}) {{
    webhookSubscription {{ id }} {ERRORS}
  }}
}}"""
UNSUBSCRIBE = f"""
mutation Unsubscribe($id: ID!) {{
  webhookSubscriptionDelete(id: $id) {{ deletedWebhookSubscriptionId {ERRORS} }}
}}"""
