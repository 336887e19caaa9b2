import { registry } from "@web/core/registry";

/** A manager writes a rule, tries an order on it and rehearses it. */
registry.category("web_tour.tours").add("oms_allocation_rules_tour", {
    steps: () => [
        { trigger: ".o_list_button_add, .o-kanban-button-new", run: "click" },
        { trigger: ".o_field_widget[name=name] input, .o_field_widget[name=name] textarea", run: "edit Nearest first" },
        { trigger: ".o_field_widget[name=routing_ids] .o_field_x2many_list_row_add a", run: "click" },
        { trigger: ".modal .o_field_widget[name=name] input", run: "edit To anywhere" },
        { trigger: ".modal .o_field_widget[name=rule_ids] .o_field_x2many_list_row_add a", run: "click" },
        {
            content: "The rule itself",
            trigger: ".modal:has(.o_field_widget[name=max_km]) .o_field_widget[name=name] input",
            run: "edit Within 300 km",
        },
        { trigger: ".modal .o_field_widget[name=max_km] input", run: "edit 300" },
        { trigger: ".modal:has(.o_field_widget[name=max_km]) .o_field_widget[name=sort_by] input, .modal .o_field_widget[name=sort_by] select", run() {} },
        { trigger: ".modal:has(.o_field_widget[name=max_km]) .o_form_button_save", run: "click" },
        { trigger: ".modal:not(:has(.o_field_widget[name=max_km])) .o_data_cell:contains('Within 300 km')" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_data_cell:contains('To anywhere')" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        { trigger: ".o_statusbar_buttons button[name=action_test]", run: "click" },
        { trigger: ".o_field_widget[name=run_id] input:value('Nearest first')" },
        { trigger: ".o_field_widget[name=zip] input", run: "edit LS1 2AB" },
        { trigger: ".o_field_widget[name=line_ids] .o_field_x2many_list_row_add a", run: "click" },
        { trigger: ".o_field_widget[name=line_ids] .o_field_widget[name=product_id] input", run: "edit JUG" },
        { trigger: ".ui-autocomplete .dropdown-item:contains('Jug'), .o-autocomplete--dropdown-item:contains('Jug')", run: "click" },
        { trigger: ".o_statusbar_buttons button[name=action_decide]", run: "click" },
        { content: "Each warehouse has a verdict", trigger: ".o_oms_plan_place[data-state=closed]:contains('Berlin'):contains('limit 300')" },
        { trigger: ".o_oms_plan_place[data-state=chosen]" },
        { trigger: ".o_oms_plan_parcel:contains('1 × [JUG] Jug')" },
    ],
});

/** An agent rehearses the rules and nothing changes. */
registry.category("web_tour.tours").add("oms_allocation_rehearsal_tour", {
    steps: () => [
        { trigger: ".o_statusbar_buttons button[name=action_rehearse]", run: "click" },
        { trigger: ".o_oms_rehearsal_figures td:contains('Parcels')" },
        { trigger: ".o_oms_rehearsal:contains('Nothing was changed')" },
        { trigger: ".o_oms_rehearsal_row .text-bg-success:contains('Leeds')" },
    ],
});

/** An agent sees what waits and sends it from another warehouse. */
registry.category("web_tour.tours").add("oms_allocation_board_tour", {
    steps: () => [
        { trigger: ".o_kanban_group:contains('London') .o_kanban_record:contains('Not in stock')" },
        {
            content: "By drawing the card",
            trigger: ".o_kanban_group:contains('London') .o_kanban_record:contains('Bea')",
            run: "drag_and_drop(.o_kanban_group:contains('Leeds'))",
        },
        { trigger: ".o_kanban_group:contains('Leeds') .o_kanban_record:contains('Bea')" },
        {
            content: "Or by the menu",
            trigger: ".o_kanban_record:contains('Cyd')",
            run: "hover && click .o_kanban_record:contains('Cyd') .o_dropdown_kanban button",
        },
        { trigger: ".o-dropdown--menu .dropdown-item:contains('Send from')", run: "click" },
        { trigger: ".modal .o_field_widget[name=warehouse_id] input", run: "edit Berlin" },
        { trigger: ".o-autocomplete--dropdown-item:contains('Berlin')", run: "click" },
        { trigger: ".modal button[name=action_move]", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_kanban_group:contains('Berlin') .o_kanban_record:contains('Cyd')" },
    ],
});

/** An agent reads why an order is served from where. */
registry.category("web_tour.tours").add("oms_allocation_explain_tour", {
    steps: () => [
        { trigger: ".nav-link[name=oms_allocation]", run: "click" },
        { trigger: ".o_oms_plan_parcel:contains('Leeds')" },
        { trigger: ".o_oms_plan_place:contains('Berlin'):contains('limit 300')" },
    ],
});

/** Nothing waits: the board says what that means. */
registry.category("web_tour.tours").add("oms_allocation_empty_tour", {
    steps: () => [{ trigger: ".o_view_nocontent:contains('Nothing waits')" }],
});
