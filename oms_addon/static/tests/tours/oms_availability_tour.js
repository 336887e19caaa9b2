import { registry } from "@web/core/registry";

/** Look up a product, see where it is, and ask a channel's number why it is so. */
registry.category("web_tour.tours").add("oms_availability_tour", {
    steps: () => [
        { trigger: ".o_oms_availability_empty" },
        { trigger: ".o_oms_availability_search input", run: "edit CUP" },
        { trigger: ".o-autocomplete--dropdown-item:contains('Cup')", run: "click" },
        { trigger: ".o_oms_availability_warehouses [data-column=reserved]:contains('2')" },
        { trigger: ".o_oms_availability_chart canvas" },
        { trigger: ".btn-group button:contains('60 days')", run: "click" },
        { trigger: ".btn-group button.active:contains('60 days')" },
        { trigger: ".o_oms_availability_channels tr:contains('Shop') a:contains('4')", run: "click" },
        { trigger: ".modal .modal-title:contains('Explanation of 4 Units')" },
        { trigger: ".modal tr[data-row=on_hand]:contains('10')" },
        { trigger: ".modal tr[data-row=reserved]:contains('−2')" },
        { trigger: ".modal tr[data-row=buffer]:contains('−1')" },
        { trigger: ".modal .o_oms_why_number:contains('4')" },
        { trigger: ".modal tr[data-row=carts] a", run: "click" },
        { trigger: ".o_data_row:contains('cart-7') td[name=quantity]:contains('3')" },
    ],
});

/** From the stock that channels show to the reason of a figure. */
registry.category("web_tour.tours").add("oms_why_tour", {
    steps: () => [
        { trigger: ".o_data_row:contains('CUP') button[name=action_why]", run: "click" },
        { trigger: ".modal .modal-title:contains('Explanation of 4 Units')" },
        { trigger: ".modal tr[data-row=carts]:contains('−3')" },
        { trigger: ".modal .o_oms_why_number:contains('4')" },
        { trigger: ".modal .btn-close, .modal button[aria-label=Close], .modal .oi-arrow-left", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
