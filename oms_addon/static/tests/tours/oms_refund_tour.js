import { registry } from "@web/core/registry";

/** Find an order, have its channel give one piece back, and see what became of it. */
registry.category("web_tour.tours").add("oms_refund_tour", {
    steps: () => [
        { trigger: ".o_data_row:contains('#R-1') td[name=partner_id]", run: "click" },
        { trigger: ".o_statusbar_buttons button:contains('Request Refund')", run: "click" },
        { trigger: ".modal .o_data_row:contains('Mug') td[name=quantity]", run: "click" },
        { trigger: ".modal .o_data_row td[name=quantity] input", run: "edit 1" },
        { trigger: ".modal .o_field_widget[name=reason] input", run: "edit Arrived broken" },
        { trigger: ".modal .o_field_widget[name=amount] input:value('10.00')" },
        { trigger: ".modal button[name=action_request]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: "button[name=action_oms_refunds]", run: "click" },
        { trigger: ".o_data_row:contains('Arrived broken'):contains('Refund Requested')" },
    ],
});
