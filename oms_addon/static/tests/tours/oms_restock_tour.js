import { registry } from "@web/core/registry";

/** An agent reads on the order what is put back, and why what was added comes from where. */
registry.category("web_tour.tours").add("oms_restock_tour", {
    steps: () => [
        { trigger: ".alert:contains('To restock by the warehouse: 1 × [MUG] Mug')" },
        { trigger: ".o_notebook .nav-link:contains('Allocation')", run: "click" },
        { trigger: ".o_oms_plan:contains('Leeds') .fa-history" },
        { trigger: ".o_oms_plan:contains('London: 2 × [MUG] Mug')" },
    ],
});

/** The warehouse finds what is to be put back, and does it. */
registry.category("web_tour.tours").add("oms_restock_do_tour", {
    steps: () => [
        { trigger: ".o_field_widget[name=oms_put_back_order_id]:contains('S')" },
        { trigger: "button[name=button_validate]", run: "click" },
        { trigger: "body:not(:has(button[name=button_validate]))" },
    ],
});
