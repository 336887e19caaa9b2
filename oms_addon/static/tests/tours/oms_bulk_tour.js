import { registry } from "@web/core/registry";

/** An agent finds an order made in Sales among those of channels, and how far it is. */
registry.category("web_tour.tours").add("oms_made_order_tour", {
    steps: () => [
        { trigger: ".o_list_button_add, .o-kanban-button-new" },
        {
            trigger: ".o_data_cell:contains('Waiting to be shipped'), .o_kanban_record:contains('Waiting to be shipped')",
            run: "click",
        },
        { trigger: ".o_oms_step[data-step=captured][data-state=done]" },
        { trigger: ".o_oms_step[data-step=allocate][data-state=done]" },
        { trigger: ".o_oms_step[data-step=ship][data-state=waiting]" },
        { trigger: ".o_field_widget[name=oms_expected_at]" },
        { trigger: ".o_notebook .nav-link:contains('Timeline')", run: "click" },
        { trigger: ".o_field_widget[name=oms_event_ids]:contains('Confirmed by')" },
    ],
});
