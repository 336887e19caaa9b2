import { registry } from "@web/core/registry";

/** An agent sees that two orders can leave together, has them do so, and parts them again. */
registry.category("web_tour.tours").add("oms_combined_shipment_tour", {
    steps: () => [
        { trigger: ".alert:contains('2 other orders to the same address are waiting')" },
        { trigger: ".alert button:contains('Combine Shipments')", run: "click" },
        { trigger: ".modal .o_field_widget[name=line_ids]:contains('waiting for stock')" },
        { trigger: ".modal .o_field_widget[name=other_text]:contains('have different shipping methods')" },
        { trigger: ".modal button[name=action_join]", run: "click" },
        { trigger: "body:not(:has(.modal)) .alert:contains('Combined with')" },
        { trigger: ".alert button[name=action_oms_ship_alone]", run: "click" },
        { trigger: "body:not(:has(.alert:contains('Combined with')))" },
        { trigger: ".alert:contains('2 other orders to the same address are waiting')" },
    ],
});

/** The warehouse sees whose goods are in a delivery, and parts them. */
registry.category("web_tour.tours").add("oms_separate_tour", {
    steps: () => [
        { trigger: ".alert:contains('Combined shipment of orders') .o_tag:contains('S')" },
        { trigger: ".alert button[name=action_oms_separate]", run: "click" },
        { trigger: "body:not(:has(.alert:contains('Combined shipment of orders')))" },
    ],
});

/** All orders that could leave together, by customer. */
registry.category("web_tour.tours").add("oms_together_list_tour", {
    steps: () => [
        {
            content: "The customer whose orders can leave together",
            trigger: ".o_group_header:contains('Ann'), .o_kanban_group:contains('Ann')",
        },
    ],
});

/** Without orders that could leave together the text says so, in columns too. */
registry.category("web_tour.tours").add("oms_together_empty_tour", {
    steps: () => [
        {
            content: "Why there is nothing",
            trigger: ".o_view_nocontent:contains('No two orders of one customer')",
        },
    ],
});
