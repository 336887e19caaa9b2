import { registry } from "@web/core/registry";

/** A manager has the stock looked at, reads the difference, repairs it and sees that it is gone. */
registry.category("web_tour.tours").add("oms_stock_check_tour", {
    steps: () => [
        { trigger: ".o_view_nocontent:contains('No stock differences')" },
        { trigger: "button[name=action_check]", run: "click" },
        {
            trigger:
                ".o_data_row:contains('5 of [CUP] Cup are marked as reserved in WH/Stock, but transfers reserve 2.'), .o_kanban_record:contains('5 of [CUP] Cup are marked as reserved in WH/Stock, but transfers reserve 2.')",
        },
        {
            content: "The whole sentence can be read",
            trigger: "body:not(:has(.o_data_row)), .o_data_cell[name=text]",
            run() {
                const cell = document.querySelector(".o_data_cell[name=text]");
                if (cell && cell.scrollWidth > cell.clientWidth) {
                    throw new Error("The sentence is cut off");
                }
            },
        },
        {
            trigger:
                ".o_data_row:contains('Repair: no count is needed.'), .o_kanban_record:contains('Repair: no count is needed.')",
        },
        {
            trigger:
                ".o_data_row button[name=action_repair], .o_kanban_record button[name=action_repair]",
            run: "click",
        },
        { trigger: ".o_view_nocontent:contains('No stock differences')" },
        { trigger: "body:not(:has(.o_data_row)):not(:has(.o_kanban_record:contains('Cup')))" },
    ],
});
