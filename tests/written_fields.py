"""What people write of our models, and of ours in Odoo's, where their role lets them: all else is
written by the system alone, in dialogs, too.
"""

OF_OURS = {
    "oms.allocation.cost": "amount company_id sequence warehouse_id zone_id",
    "oms.allocation.group": "company_id name warehouse_ids",
    "oms.allocation.routing": "active domain name rule_ids run_id sequence sort_by zone_ids",
    "oms.allocation.rule": (
        "action active cancel_days group_ids keeps_safety max_km max_parcels min_value "
        "name needs_carrier one_parcel routing_id sequence sort_by then_by user_id "
        "warehouse_ids zone_ids"
    ),
    "oms.allocation.run": (
        "active carrier_ids channel_ids company_id domain name priority promise_days "
        "routing_ids sequence shipping_method value_max value_min zone_ids"
    ),
    "oms.allocation.safety": "company_id product_id quantity warehouse_id",
    "oms.allocation.wait": "warehouse_id",
    "oms.allocation.zone": "company_id country_ids name postcodes state_ids",
    "oms.channel": (
        "account_ref active adapter address_level alert_ids api_key api_secret "
        "arriving_days auto_ship backfill_ids backfill_policy base_url buffer_ids "
        "carrier_id cart_minutes color company_id completed_policy confirm_policy "
        "default_tax_ids external_shipment_policy fetch_minutes fetch_minutes_webhooks "
        "fetch_rate gap_ids guest_partner_id invoice_policy listing_ids location_ids "
        "mapping_ids name payment_method_ids payment_policy payment_tolerance "
        "picking_policy price_pricelist_id pricelist_ids push_price push_stock "
        "rate_max_days reopen_policy reserve_carts reserve_ids rounding_limit "
        "sell_arriving send_receipt sequence ship_policy start_policy stock_buffer "
        "stock_cap stock_ids stock_minimum stock_percent stock_zero_limit tax_rounding "
        "team_id tell_promise together_hours together_policy tracking_secret transfer_days "
        "unpaid_days user_id warehouse_ids watch_stock webhook_secret"
    ),
    "oms.channel.backfill": "channel_id date_from date_to",
    "oms.channel.buffer": "channel_id product_id quantity",
    "oms.channel.gap": "channel_id date_from date_to",
    "oms.channel.listing": (
        "alias_ids alias_of_id barcode channel_id component_ids external_ref is_ignored "
        "multiplier name product_id sku split_by"
    ),
    "oms.channel.listing.component": "listing_id product_id quantity sequence share",
    "oms.channel.location": "active channel_id fulfils name ref warehouse_ids",
    "oms.channel.mapping": "carrier_id channel_id key kind tax_id value",
    "oms.channel.payment.method": "channel_id method terms",
    "oms.channel.policy": (
        "auto_ship confirm_policy external_shipment_policy invoice_policy payment_policy "
        "payment_tolerance reopen_policy send_receipt ship_policy tell_promise "
        "together_hours together_policy transfer_days unpaid_days"
    ),
    "oms.channel.reserve": "active channel_id product_id quantity until",
    "oms.demand.correction": (
        "bucket channel_id company_id day product_id quantity reason warehouse_id"
    ),
    "oms.forecast.override": "day forecast_id quantity reason",
    "oms.forecast.rule": (
        "active backward bucket cap category_ids channel_ids company_id date_from date_to "
        "direction forward holding_rate horizon level name product_ids protection_interval "
        "review_interval sequence service_target service_type weekly_budget "
        "warehouse_ids"
    ),
    "oms.hold": "partner_id product_id user_id",
    "oms.hold.reason": "advice fix group_id is_blocking name owner_id sequence",
    "oms.hold.rule": "active channel_ids company_id domain name reason_id sequence user_id",
    "oms.lane": "name sequence",
    "oms.parcel": "carrier_id company_id name no_tracking picking_ids",
    "oms.pick.rejection.reason": "active company_id effect is_resourced name sequence",
    "oms.promotion": (
        "active category_ids channel_ids company_id date_from date_to expected_uplift kind name "
        "product_ids"
    ),
    "oms.postcode": "country_id latitude longitude postcode",
    "oms.replenishment": "quantity",
    "oms.transit": "carrier_id country_id days zip_prefix",
}

OF_CORE = {
    "delivery.carrier": "oms_cutoff oms_delivery_days oms_transit_days oms_transit_ids",
    "res.company": "oms_approval_limit oms_user_id",
    "res.partner": "oms_rejected_data oms_ship_complete",
    "sale.order": "oms_keep_warehouse oms_priority oms_ship_alone",
    "sale.order.line": "oms_is_exceptional",
    "stock.warehouse": (
        "oms_calendar_id oms_capacity_day oms_carrier_ids oms_cutoff "
        "oms_damaged_location_id oms_handling_days oms_managed oms_transit_days"
    ),
}

#: what is handed to a dialog when it is opened, and what is typed or chosen in it
OF_DIALOGS = {
    "oms.allocation.move": "company_id order_ids warehouse_id",
    "oms.allocation.simulation": "company_id run_ids scope",
    "oms.allocation.test": (
        "carrier_id channel_id company_id country_id line_ids order_id priority run_id zip"
    ),
    "oms.allocation.test.line": "product_id quantity test_id",
    "oms.api.key": "channel_id expires_on is_limited user_id",
    "oms.channel.connect": (
        "account_ref adapter backfill_from backfill_to base_url name preset tax_ids "
        "wants_backfill wants_prices wants_stock"
    ),
    "oms.channel.connect.tax": "is_wanted tax_id wizard_id",
    "oms.channel.go.live": "channel_id",
    "oms.channel.listing.accept": "channel_id min_score",
    "oms.channel.stock.import": "line_ids",
    "oms.channel.stock.import.line": "import_id is_chosen quantity warehouse_id",
    "oms.customer.split": "email line_ids name partner_id phone",
    "oms.customer.split.line": "is_chosen order_id split_id",
    "oms.order.batch": "kind order_ids priority reason tag_ids user_id",
    "oms.demand.import": "channel_id company_id data filename warehouse_id",
    "oms.order.import": "channel_id data filename",
    "oms.order.join": "line_ids order_id",
    "oms.order.join.line": "is_chosen join_id order_id",
    "oms.personal.data": "partner_id",
    "oms.pick.reject": "counted move_line_id picking_id quantity reason_id",
    "oms.refund.request": "amount line_ids order_id reason",
    "oms.refund.request.line": "line_id quantity request_id",
    "oms.tracking.import": "company_id data filename",
    "res.config.settings": (
        "oms_keep_audit_days oms_keep_days oms_keep_exception_days oms_keep_invoice_days "
        "oms_keep_outbound_days oms_trusted_hosts"
    ),
    "sale.mass.cancel.orders": "oms_notify oms_reason oms_refund oms_restock oms_text",
}
