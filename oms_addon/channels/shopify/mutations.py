"""Shopify: GraphQL mutations, and queries needed for them."""

from .queries import ERRORS, PAGE

# === MUTATIONS === #

SET_STOCK = """
mutation SetStock($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    userErrors { field message code }
  }
}"""
SET_PRICES = """
mutation SetPrices($product: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $product, variants: $variants, allowPartialUpdates: true) {
    userErrors { field message code }
  }
}"""
TO_SHIP = """
query ToShip($id: ID!) {
  order(id: $id) {
    id name
    fulfillments { id status createdAt trackingInfo { number } }
    fulfillmentOrders(first: 50) {
      nodes { id status assignedLocation { location { id } } fulfillmentHolds { displayReason } }
    }
  }
}"""
TO_SHIP_LINES = f"""
query ToShipLines($id: ID!, $after: String) {{
  node(id: $id) {{
    ... on FulfillmentOrder {{
      lineItems(first: 100, after: $after) {{
        nodes {{ id remainingQuantity lineItem {{ id sku }} }} {PAGE}
      }}
    }}
  }}
}}"""
SHIPPED_LINES = f"""
query ShippedLines($id: ID!, $after: String) {{
  node(id: $id) {{
    ... on Fulfillment {{
      fulfillmentLineItems(first: 100, after: $after) {{
        nodes {{ quantity lineItem {{ id sku }} }} {PAGE}
      }}
    }}
  }}
}}"""
OPEN_SCHEDULED = f"""
mutation OpenScheduled($id: ID!) {{
  fulfillmentOrderOpen(id: $id) {{ fulfillmentOrder {{ id status }} {ERRORS} }}
}}"""
SHIP = f"""
mutation Ship($fulfillment: FulfillmentInput!) {{
  fulfillmentCreate(fulfillment: $fulfillment) {{ fulfillment {{ id status }} {ERRORS} }}
}}"""
TRACKING = f"""
mutation Tracking($id: ID!, $tracking: FulfillmentTrackingInput!) {{
  fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $tracking,
      notifyCustomer: true) {{
    fulfillment {{ id trackingInfo {{ number }} }} {ERRORS}
  }}
}}"""
CANCELLED = "query Cancelled($id: ID!) { order(id: $id) { id cancelledAt } }"
CANCEL = """
mutation Cancel($id: ID!, $reason: OrderCancelReason!, $restock: Boolean!, $text: String,
    $notify: Boolean!, $refund: OrderCancelRefundMethodInput) {
  orderCancel(orderId: $id, reason: $reason, restock: $restock, staffNote: $text,
      refundMethod: $refund, notifyCustomer: $notify) {
    job { id } orderCancelUserErrors { field message code }
  }
}"""
TO_REFUND = """
query ToRefund($id: ID!) {
  order(id: $id) {
    id currencyCode presentmentCurrencyCode refunds { id note }
    transactions {
      id kind status gateway createdAt amountSet { presentmentMoney { amount } }
      parentTransaction { id }
    }
    fulfillmentOrders(first: 20) { nodes { status assignedLocation { location { id } } } }
  }
}"""
ORDER_LINES = f"""
query OrderLines($id: ID!, $after: String) {{
  order(id: $id) {{ lineItems(first: 250, after: $after) {{ nodes {{ id sku }} {PAGE} }} }}
}}"""
SUGGESTED_REFUND = """
query SuggestedRefund($id: ID!, $lines: [RefundLineItemInput!]!) {
  order(id: $id) {
    suggestedRefund(refundLineItems: $lines) {
      suggestedTransactions {
        gateway amountSet { presentmentMoney { amount } } parentTransaction { id }
      }
    }
  }
}"""
REFUND = """
mutation Refund($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) {
    refund { id } userErrors { field message }
  }
}"""
