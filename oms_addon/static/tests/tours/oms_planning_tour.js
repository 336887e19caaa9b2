import { registry } from "@web/core/registry";

/** From the menu to the forecasts of the defaults, and to what runs out within a week. */
registry.category("web_tour.tours").add("oms_forecasts_tour", {
    steps: () => [
        { trigger: ".o_data_row:contains('Vase') td[name=demand]:contains('60')" },
        { trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { trigger: ".o_filter_menu .o_menu_item:contains('Stockout Within 7 Days')", run: "click" },
        { trigger: ".o_facet_value:contains('Stockout Within 7 Days')" },
        { trigger: ".o_data_row:contains('Vase')" },
    ],
});

/** What runs out comes first; choose it, override a period with its reason, and see it. */
registry.category("web_tour.tours").add("oms_workbench_tour", {
    steps: () => [
        { trigger: ".o_oms_workbench button[name=soon].active" },
        { trigger: ".o_oms_workbench_rows tbody tr:first:contains('Vase') .text-danger" },
        { trigger: ".o_oms_workbench button[name=soon]", run: "click" },
        { trigger: ".o_oms_workbench_rows tr:contains('Bowl') button", run: "click" },
        { trigger: ".o_oms_workbench_detail h4:contains('Bowl')" },
        { trigger: ".o_oms_workbench_chart canvas" },
        { trigger: ".o_oms_workbench_periods tbody tr:first input", run: "edit 75" },
        { trigger: ".o_oms_workbench_save input[name=reason]", run: "edit Trade fair" },
        { trigger: ".o_oms_workbench_save button[type=submit]", run: "click" },
        { trigger: ".o_oms_workbench_detail:not(:has(.o_oms_workbench_save))" },
        { trigger: ".o_oms_workbench_periods tbody tr:first .o_oms_workbench_reason:contains('Trade fair')" },
        { trigger: ".o_oms_workbench_rows tr:contains('Vase') input[type=checkbox]", run: "click" },
        { trigger: ".o_oms_workbench_bulk input[name=percent]", run: "edit 50" },
        { trigger: ".o_oms_workbench_bulk input[name=bulk_reason]", run: "edit Price cut" },
        { trigger: ".o_oms_workbench_bulk button[type=submit]", run: "click" },
        { trigger: ".o_oms_workbench_rows tr:contains('Vase') button", run: "click" },
        { trigger: ".o_oms_workbench_periods tbody tr:last .o_oms_workbench_reason:contains('Price cut')" },
        { trigger: ".o_oms_workbench button[name=curve]", run: "click" },
        { trigger: ".o_oms_workbench_curve:contains('more stock than 90%')" },
    ],
});
