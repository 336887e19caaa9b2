import { registry } from "@web/core/registry";

/** Add a row to a list, or on a phone a card. */
function addTo(name, where = "") {
    const field = `${where} .o_field_widget[name=${name}]`;
    return {
        trigger: `${field} .o_field_x2many_list_row_add a, ${field} .o-kanban-button-new`,
        run: "click",
    };
}

/** Choose a record: by typing, or on a phone in the dialog that opens. */
function choose(input, name) {
    return [
        { isActive: ["desktop"], trigger: input, run: `edit ${name}` },
        {
            isActive: ["desktop"],
            trigger: `.o-autocomplete--dropdown-item:contains('${name}')`,
            run: "click",
        },
        { isActive: ["mobile"], trigger: input, run: "click" },
        {
            isActive: ["mobile"],
            trigger: `.modal .o_kanban_record:contains('${name}')`,
            run: "click",
        },
    ];
}

/** A manager writes a rule, tries an order on it and simulates it. */
registry.category("web_tour.tours").add("oms_allocation_rules_tour", {
    steps: () => [
        { trigger: ".o_list_button_add, .o-kanban-button-new", run: "click" },
        { trigger: ".o_field_widget[name=name] input, .o_field_widget[name=name] textarea", run: "edit Nearest first" },
        addTo("routing_ids"),
        { trigger: ".modal .o_field_widget[name=name] input", run: "edit To anywhere" },
        addTo("rule_ids", ".modal"),
        {
            content: "The rule itself",
            trigger: ".modal:has(.o_field_widget[name=max_km]) .o_field_widget[name=name] input",
            run: "edit Within 300 km",
        },
        { trigger: ".modal .o_field_widget[name=max_km] input", run: "edit 300" },
        { trigger: ".modal:has(.o_field_widget[name=max_km]) .o_field_widget[name=sort_by] input, .modal .o_field_widget[name=sort_by] select", run() {} },
        { trigger: ".modal:has(.o_field_widget[name=max_km]) .o_form_button_save", run: "click" },
        {
            trigger:
                ".modal:not(:has(.o_form_view .o_field_widget[name=max_km] input)) .o_field_widget[name=rule_ids]:contains('Within 300 km')",
        },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_field_widget[name=routing_ids]:contains('To anywhere')" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        {
            content: "On a phone the second button is behind the first",
            isActive: ["mobile"],
            trigger: ".o_statusbar_buttons .dropdown-toggle",
            run: "click",
        },
        { trigger: "button[name=action_test]", run: "click" },
        { trigger: ".o_field_widget[name=run_id] input:value('Nearest first')" },
        { trigger: ".o_field_widget[name=zip] input", run: "edit LS1 2AB" },
        addTo("line_ids"),
        ...choose(".o_field_widget[name=line_ids] .o_field_widget[name=product_id] input", "Jug"),
        { trigger: ".o_statusbar_buttons button[name=action_decide]", run: "click" },
        { content: "Each warehouse has a verdict", trigger: ".o_oms_plan_place[data-state=closed]:contains('Berlin'):contains('limit 300')" },
        { trigger: ".o_oms_plan_place[data-state=chosen]" },
        {
            content: "The answer is in sight",
            trigger: ".o_oms_plan_parcel:contains('1 × [JUG] Jug')",
            run({ anchor }) {
                const { top, bottom } = anchor.getBoundingClientRect();
                if (top < 0 || bottom > window.innerHeight) {
                    console.error(`The parcel is at ${top} to ${bottom} of ${window.innerHeight}.`);
                }
            },
        },
    ],
});

/** An agent simulates the rules and nothing changes. */
registry.category("web_tour.tours").add("oms_allocation_simulation_tour", {
    steps: () => [
        { trigger: ".o_statusbar_buttons button[name=action_simulate]", run: "click" },
        { trigger: ".o_oms_simulation_figures td:contains('Parcels')" },
        { trigger: ".o_oms_simulation:contains('No order was changed')" },
        { trigger: ".o_oms_simulation_row .text-bg-success:contains('Leeds')" },
    ],
});

/** Send the order of a card from a warehouse by the menu of the card. */
function sendByMenu(customer, warehouse) {
    const card = `.o_kanban_record:contains('${customer}')`;
    return [
        {
            content: "By the menu",
            trigger: card,
            run: `hover && click ${card} .o_dropdown_kanban button`,
        },
        { trigger: ".dropdown-item:contains('Change Warehouse')", run: "click" },
        ...choose(".modal .o_field_widget[name=warehouse_id] input", warehouse),
        { trigger: ".modal button[name=action_move]", run: "click" },
        { trigger: `body:not(:has(.modal)) .o_kanban_group:contains('${warehouse}') ${card}` },
    ];
}

/** An agent sees what waits and sends it from another warehouse. */
registry.category("web_tour.tours").add("oms_allocation_board_tour", {
    steps: () => [
        { trigger: ".o_kanban_group:contains('London') .o_kanban_record:contains('Out of Stock')" },
        {
            content: "By drawing the card",
            isActive: ["desktop"],
            trigger: ".o_kanban_group:contains('London') .o_kanban_record:contains('Bea')",
            run: "drag_and_drop(.o_kanban_group:contains('Leeds'))",
        },
        ...sendByMenu("Bea", "Leeds")
            .filter(({ isActive = ["mobile"] }) => isActive.includes("mobile"))
            .map((step) => ({ ...step, isActive: ["mobile"] })),
        { trigger: ".o_kanban_group:contains('Leeds') .o_kanban_record:contains('Bea')" },
        ...sendByMenu("Cyd", "Berlin"),
    ],
});

/** An agent reads why an order is served from where. */
registry.category("web_tour.tours").add("oms_allocation_explain_tour", {
    steps: () => [
        { trigger: ".nav-link[name=oms_allocation]", run: "click" },
        { trigger: ".o_oms_plan_parcel:contains('Leeds'):contains('4.500')" },
        { trigger: ".o_oms_plan_place:contains('Berlin'):contains('limit 300')" },
    ],
});

/** Nothing waits: the board says what that means. */
registry.category("web_tour.tours").add("oms_allocation_empty_tour", {
    steps: () => [{ trigger: ".o_view_nocontent:contains('No orders are waiting')" }],
});
