"""Fields that no user filters by: digests, keys, tokens and positions of background jobs."""

#: names by model; the lists of custom filters leave them out
TECHNICAL_FIELDS = {
    model: tuple(names.split())
    for model, names in {
        "oms.cart.turn": "turn",
        "oms.channel": (
            "api_key api_secret connect_step cursor listing_cursor listing_page "
            "listings_before_at listings_started_at moved_from token tracking_secret "
            "webhook_secret webhooks_since"
        ),
        "oms.channel.backfill": "cursor page",
        "oms.channel.gap": "cursor",
        "oms.channel.listing": "shared_key sku_key suggestion_due",
        "oms.channel.message": "digest erase_waits payload",
        "oms.channel.meter": "blocked_until burst channel_ref counted_at tokens",
        "oms.channel.stock": "doubt_until",
        "oms.event": "digest position res_id salt text_digest",
        "oms.hold": "sku_key",
        "oms.lot.expiry.cursor": "quant_id",
        "oms.parcel": "number_key",
        "res.partner": "oms_address_key",
        "res.users": "oms_address_key",
        "sale.order": "oms_address_digest oms_content_digest oms_version",
    }.items()
}
