"""Bodies of webhooks, in the format of the REST API."""


def money(order, amount):
    """:return: a pair of amounts: in the store's and in the customer's currency"""
    return {
        "shop_money": {
            "amount": f"{amount * order.rate:.2f}",
            "currency_code": order.shop_currency,
        },
        "presentment_money": {"amount": f"{amount:.2f}", "currency_code": order.currency},
    }


def _taxes(order, taxes):
    return [
        {
            "title": title,
            "rate": float(rate),
            "price": f"{amount * order.rate:.2f}",
            "price_set": money(order, amount),
            "channel_liable": False,
        }
        for title, rate, amount in taxes
    ]


def _discounts(order, line):
    if not line.discount:
        return []
    return [
        {
            "amount": f"{line.discount * order.rate:.2f}",
            "amount_set": money(order, line.discount),
            "discount_application_index": 0,
        }
    ]


def _line(order, line):
    variant = line.variant
    fulfilled, left = order.fulfilled(line), order.unfulfilled(line)
    return {
        "id": line.id,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{line.id}",
        "current_quantity": line.quantity - line.gone,
        "fulfillable_quantity": left,
        "fulfillment_service": "manual",
        "fulfillment_status": None if not fulfilled else "partial" if left else "fulfilled",
        "gift_card": line.gift_card,
        "name": line.title,
        "price": f"{line.price * order.rate:.2f}",
        "price_set": money(order, line.price),
        "product_exists": variant is not None,
        "product_id": variant and variant.product_id,
        "properties": [{"name": n, "value": v} for n, v in line.properties],
        "quantity": line.quantity,
        "requires_shipping": not line.gift_card,
        "sku": line.sku or None,
        "taxable": True,
        "title": line.title,
        "total_discount": "0.00",
        "total_discount_set": money(order, 0 * line.price),
        "variant_id": variant and variant.id,
        "variant_title": None,
        "vendor": "Simulated",
        "tax_lines": _taxes(order, line.taxes),
        "duties": [
            {
                "id": number,
                "harmonized_system_code": code,
                "country_code_of_origin": "US",
                **money(order, amount),
                "tax_lines": [],
            }
            for number, code, amount in line.duties
        ],
        "discount_allocations": _discounts(order, line),
    }


def _shipping(order, line):
    return {
        "id": line.id,
        "code": line.title,
        "discounted_price_set": money(order, line.subtotal),
        "is_removed": False,
        "phone": None,
        "price": f"{line.price * order.rate:.2f}",
        "price_set": money(order, line.price),
        "source": "shopify",
        "title": line.title,
        "tax_lines": _taxes(order, line.taxes),
        "discount_allocations": _discounts(order, line),
    }


def transaction(order, made):
    return {
        "id": made.id,
        "order_id": order.id,
        "kind": made.kind,
        "gateway": made.gateway,
        "status": made.status,
        "message": None,
        "created_at": made.at,
        "processed_at": made.at,
        "test": order.test,
        "parent_id": made.parent,
        "amount": f"{made.amount:.2f}",
        "currency": order.currency,
        "payment_details": {"payment_method_name": made.method},
        "admin_graphql_api_id": f"gid://shopify/OrderTransaction/{made.id}",
    }


def refund(order, made):
    lines = []
    for number, (line, quantity, kind) in enumerate(made.lines):
        subtotal, tax = line.share(quantity)
        lines.append(
            {
                "id": made.id * 100 + number,
                "line_item_id": line.id,
                "location_id": None,
                "quantity": quantity,
                "restock_type": kind,
                "subtotal_set": money(order, subtotal),
                "total_tax_set": money(order, tax),
                "line_item": _line(order, line),
            }
        )
    shipping = []
    if made.shipping:
        shipping.append(
            {
                "id": made.id,
                "shipping_line": {"id": order.shipping[0].id},
                "subtotal_amount_set": money(order, made.shipping),
                "tax_amount_set": money(order, 0 * made.shipping),
            }
        )
    return {
        "id": made.id,
        "admin_graphql_api_id": f"gid://shopify/Refund/{made.id}",
        "order_id": order.id,
        "created_at": made.at,
        "processed_at": made.at,
        "note": made.note,
        "restock": True,
        "duties": [],
        "order_adjustments": [],
        "refund_line_items": lines,
        "refund_shipping_lines": shipping,
        "transactions": [transaction(order, t) for t in made.transactions],
    }


def fulfilment(order, made):
    return {
        "id": made.id,
        "admin_graphql_api_id": f"gid://shopify/Fulfillment/{made.id}",
        "order_id": order.id,
        "location_id": made.location,
        "created_at": made.at,
        "status": made.status,
        "shipment_status": "delivered" if made.delivered else None,
        "tracking_company": made.company,
        "tracking_numbers": made.numbers,
        "tracking_urls": made.urls,
        "line_items": [{**_line(order, line), "quantity": q} for _i, line, q in made.lines],
    }


def order(of):
    bought = [*of.lines, *of.shipping]
    taxes = {}
    for line in bought:
        for title, rate, amount in line.taxes:
            taxes[title, rate] = taxes.get((title, rate), 0) + amount
    return {
        "id": of.id,
        "admin_graphql_api_id": f"gid://shopify/Order/{of.id}",
        "cancel_reason": of.cancel_reason,
        "cancelled_at": of.cancelled,
        "company": of.company and {"id": of.company["id"], "location_id": 1},
        "confirmed": True,
        "contact_email": of.email,
        "created_at": of.created,
        "currency": of.shop_currency,
        "customer_locale": "en-GB",
        "discount_codes": [],
        "duties_included": False,
        "email": of.email,
        "financial_status": of.financial_status,
        "fulfillment_status": of.fulfillment_status,
        "location_id": None,
        "name": of.name,
        "note": of.note,
        "note_attributes": [{"name": n, "value": v} for n, v in of.attributes],
        "original_total_additional_fees_set": money(of, of.fees) if of.fees else None,
        "payment_gateway_names": sorted({t.gateway for t in of.transactions}),
        "payment_terms": of.terms
        and {
            "payment_terms_name": of.terms,
            "payment_terms_type": "net",
            "due_in_days": 30,
            "payment_schedules": [],
        },
        "phone": None,
        "po_number": None,
        "presentment_currency": of.currency,
        "processed_at": of.created,
        "source_name": "web",
        "tags": ", ".join(of.tags),
        "tax_lines": _taxes(of, [(title, rate, a) for (title, rate), a in taxes.items()]),
        "taxes_included": of.taxes_included,
        "test": of.test,
        "total_price": f"{of.total * of.rate:.2f}",
        "total_price_set": money(of, of.total),
        "total_tip_received": f"{of.tip * of.rate:.2f}",
        "updated_at": of.updated,
        "billing_address": of.billing,
        "customer": of.customer,
        "fulfillments": [fulfilment(of, made) for made in of.fulfilments],
        "line_items": [_line(of, line) for line in of.lines],
        "refunds": [refund(of, made) for made in of.refunds],
        "shipping_address": of.address,
        "shipping_lines": [_shipping(of, line) for line in of.shipping],
    }


def product(variants):
    first = variants[0]
    return {
        "id": first.product_id,
        "title": first.title,
        "status": first.status,
        "images": [],
        "variants": [
            {
                "id": variant.id,
                "product_id": variant.product_id,
                "title": "Default Title",
                "price": f"{variant.price:.2f}",
                "sku": variant.sku,
                "barcode": variant.barcode or None,
                "inventory_item_id": variant.item_id,
                "inventory_management": "shopify" if variant.tracked else None,
            }
            for variant in variants
        ],
    }
