import { registry } from "@web/core/registry";

/** Fetch what a channel offers, accept what is likely, map the rest by hand. */
registry.category("web_tour.tours").add("oms_listing_tour", {
    steps: () => [
        { trigger: ".o_kanban_record:contains('Shop')", run: "click" },
        { trigger: "button[name=action_fetch_listings]", run: "click" },
        { trigger: ".o_notification:contains('Listings fetched: 5')" },
        { trigger: "[data-menu-xmlid='oms_addon.oms_menu_channels']", run: "click" },
        { trigger: "[data-menu-xmlid='oms_addon.oms_channel_listing_menu']", run: "click" },
        {
            content: "What was found by its SKU asks for nothing",
            trigger: ".o_list_view:not(:has(.o_data_row td[name=sku]:contains('POT')))",
        },
        {
            content: "A suggestion says why, and maps nothing",
            trigger:
                ".o_data_row:contains('BM-1'):contains('Enamel Mug'):contains('matching words: enamel, mug'):contains('Choose a product')",
        },
        {
            content: "An order waits for what nobody knows",
            trigger: ".o_data_row:contains('MYSTERY') td[name=waiting_count]:contains('1')",
        },
        { trigger: ".o_control_panel button:contains('Accept Likely Matches')", run: "click" },
        { trigger: ".modal .o_field_widget[name=min_score] input", run: "edit 60" },
        { trigger: ".modal .o_field_widget[name=count]:contains('2')" },
        { trigger: ".modal .o_data_row:contains('BM-2')" },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { trigger: ".o_notification:contains('Listings linked: 2')" },
        { trigger: ".o_list_view:not(:has(.o_data_row:contains('BM-1')))" },
        {
            trigger: ".o_data_row:contains('MYSTERY') td[name=product_id]:contains('Choose a product')",
            run: "click",
        },
        { trigger: ".o_selected_row td[name=product_id] input", run: "edit Pot" },
        { trigger: ".o-autocomplete--dropdown-item:contains('Pot')", run: "click" },
        { trigger: ".o_list_view:not(:has(.o_data_row:contains('MYSTERY')))" },
        { trigger: ".o_data_row:contains('GIFT') button[name=action_ignore]", run: "click" },
        {
            content: "Nothing is left to map",
            trigger: ".o_view_nocontent:contains('No listings to link')",
        },
    ],
});
