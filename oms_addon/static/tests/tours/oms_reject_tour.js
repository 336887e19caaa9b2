import { registry } from "@web/core/registry";

/** Press "Reject goods"; on a phone the buttons of a delivery are behind one. */
const pressReject = () => [
    {
        trigger: "body:has(button[name=action_oms_reject]), .o_statusbar_buttons .dropdown-toggle",
        run() {
            const more = document.querySelector(".o_statusbar_buttons .dropdown-toggle");
            if (!document.querySelector("button[name=action_oms_reject]")) {
                more.click();
            }
        },
    },
    { trigger: "button[name=action_oms_reject]", run: "click" },
];

/** A picker does not find the goods, says so, and sees where they come from now. */
registry.category("web_tour.tours").add("oms_reject_tour", {
    steps: () => [
        ...pressReject(),
        { trigger: ".modal .o_field_widget[name=reason_id] .o_radio_item:contains('Not Found') input", run: "click" },
        { trigger: ".modal .o_field_widget[name=quantity] input:value('3.00')" },
        { trigger: ".modal button[name=action_reject]", run: "click" },
        { trigger: ".o_notification:contains('3 from North')" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

/** A picker chooses nothing, then goes by the lines: too many is refused, the right number not. */
registry.category("web_tour.tours").add("oms_reject_line_tour", {
    steps: () => [
        ...pressReject(),
        { trigger: ".modal .o_field_widget[name=move_line_id] input" },
        { trigger: ".modal button[name=action_reject]", run: "click" },
        { trigger: ".o_notification:contains('Missing required fields')" },
        { trigger: ".modal .o_field_invalid[name=move_line_id]" },
        { trigger: ".modal .o_field_invalid[name=reason_id]" },
        { trigger: ".modal button:contains('Discard')", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        {
            content: "On a phone the buttons above a form are behind one",
            trigger: "body:has(button[name=action_detailed_operations]), .o_button_more",
            run() {
                if (!document.querySelector("button[name=action_detailed_operations]")) {
                    document.querySelector(".o_button_more").click();
                }
            },
        },
        { trigger: "button[name=action_detailed_operations]", run: "click" },
        { trigger: ".o_data_row:contains('Pot') button[name=action_oms_reject]" },
        { trigger: ".o_data_row:contains('Jug') button[name=action_oms_reject]", run: "click" },
        { trigger: ".modal .o_field_widget[name=quantity] input:value('3.00')" },
        { trigger: ".modal .o_field_widget[name=reason_id] .o_radio_item:contains('Not Found') input", run: "click" },
        { trigger: ".modal .o_field_widget[name=quantity] input", run: "edit 9" },
        { trigger: ".modal button[name=action_reject]", run: "click" },
        { trigger: ".modal:contains('3 are to be picked at this location')" },
        { trigger: ".modal:contains('3 are to be picked at this location') button:contains('Close')", run: "click" },
        { trigger: ".modal .o_field_widget[name=quantity] input", run: "edit 3" },
        { trigger: ".modal button[name=action_reject]", run: "click" },
        { trigger: ".o_notification:contains('3 from North')" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: "body:not(:has(.o_data_row:contains('Jug')))" },
        { trigger: ".o_data_row:contains('Pot') button[name=action_oms_reject]" },
    ],
});

/** A picker is told to stop, and answers. */
registry.category("web_tour.tours").add("oms_stop_tour", {
    steps: () => [
        { trigger: ".alert-danger:contains('STOP'):contains('To restock')" },
        { trigger: "button[name=action_oms_stopped]", run: "click" },
        { trigger: "body:not(:has(.alert-danger:contains('STOP')))" },
    ],
});

/** Who waits for what, in their order, and what serves them. */
registry.category("web_tour.tours").add("oms_backorder_tour", {
    steps: () => [
        { trigger: ".o_oms_queue_chart canvas" },
        { trigger: ".o_oms_queue_short:contains('Products without enough incoming units: 1')" },
        {
            trigger:
                ".o_data_row:contains('Jug'):contains('2 × P'), .o_kanban_record:contains('Jug'):contains('2 × P')",
        },
        {
            trigger:
                ".o_data_row:contains('Nothing incoming'), .o_kanban_record:contains('Nothing incoming')",
        },
        {
            content: "The order is opened without its list, and its steps have their names",
            trigger: ".o_data_row button[name=action_oms_order], .o_kanban_record:contains('Jug')",
            run: "click",
        },
        { trigger: ".o_form_view .o_oms_step_label:contains('Captured')" },
    ],
});
