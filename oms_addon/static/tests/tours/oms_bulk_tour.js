import { registry } from "@web/core/registry";

/** An agent finds an order made in Sales among those of channels, and how far it is. */
registry.category("web_tour.tours").add("oms_made_order_tour", {
    steps: () => [
        { trigger: ".o_list_button_add, .o-kanban-button-new" },
        {
            trigger: ".o_data_cell:contains('Waiting for shipment'), .o_kanban_record:contains('Waiting for shipment')",
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

/** An agent puts two orders on hold with one reason, and opens what a cancellation asks. */
registry.category("web_tour.tours").add("oms_bulk_hold_tour", {
    steps: () => [
        { trigger: ".o_data_row" },
        { trigger: ".o_list_view thead .o_list_record_selector input", run: "click" },
        { trigger: ".o_control_panel button:contains('Hold')", run: "click" },
        { trigger: ".modal .o_field_widget[name=reason] input", run: "edit Customer calls back" },
        { trigger: ".modal footer button:contains('Hold')", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_data_cell:contains('Customer calls back')" },
        { trigger: ".o_data_cell:contains('S0')", run: "click" },
        { trigger: ".o_form_view .o_statusbar_buttons button:contains('Cancel')", run: "click" },
        { trigger: ".modal .o_field_widget[name=oms_reason]" },
        { trigger: ".modal .o_field_widget[name=oms_notify] input", run: "click" },
        { trigger: ".modal footer button[name=action_mass_cancel]", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_form_view .o_arrow_button_current:contains('Cancelled')" },
    ],
});
