import { registry } from "@web/core/registry";

/** Say once which product an unknown SKU is: all orders that wait for it go. */
registry.category("web_tour.tours").add("oms_exception_tour", {
    steps: () => [
        { trigger: ".o_group_header:contains('Unknown SKU'):contains('4')" },
        { trigger: ".o_data_row:contains('X-3'):contains('CUP-XL')" },
        {
            trigger: ".o_data_row:contains('X-1') td[name=product_id]:contains('Choose a product')",
            run: "click",
        },
        { trigger: ".o_selected_row td[name=product_id] input", run: "edit Mug" },
        { trigger: ".o-autocomplete--dropdown-item:contains('Mug')", run: "click" },
        {
            content: "All rows of the SKU are gone, that of another one stays",
            trigger: ".o_list_view:not(:has(.o_data_row:contains('CUP-XL')))",
        },
        { trigger: ".o_data_row:contains('X-4'):contains('JUG')" },
        { trigger: ".o_group_header:contains('Unknown SKU'):contains('1')" },
    ],
});
