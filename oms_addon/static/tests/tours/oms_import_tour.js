import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";

const CSV = `order_ref,placed_at,currency,customer_name,email,ship_street,ship_city,ship_zip,ship_country,sku,quantity,unit_price
9001,2026-03-01T09:00:00Z,USD,Ann Lee,ann@example.com,1 High Street,Leeds,LS1 1AA,GB,MUG,2,10.00
9002,2026-03-01T09:05:00Z,USD,Bob Ray,bob@example.com,2 High Street,Leeds,LS1 1AA,GB,MUG,two,10.00
`;

/** Connect a channel for files and import one that has an error in a row. */
registry.category("web_tour.tours").add("oms_import_tour", {
    steps: () => [
        { trigger: ".o-kanban-button-new", run: "click" },
        { trigger: ".o_field_widget[name=name] input", run: "edit Spreadsheet" },
        { trigger: ".o_field_widget[name=adapter] input", run: "click" },
        { trigger: ".o_select_menu_item:contains('CSV or Excel File')", run: "click" },
        { trigger: ".o_field_widget[name=adapter] input:value('CSV or Excel File')" },
        { trigger: "button[name=action_open_go_live]", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Live')" },
        { trigger: ".o_statusbar_buttons button:contains('Import Orders')", run: "click" },
        {
            content: "The channel is chosen already; upload the file",
            trigger: ".modal .o_field_widget[name=channel_id] input:value('Spreadsheet')",
            async run() {
                const file = new File([CSV], "orders.csv", { type: "text/csv" });
                await inputFiles(".modal .o_field_widget[name=data] input[type=file]", [file]);
            },
        },
        { trigger: ".modal .o_field_widget[name=data] input:value('orders.csv')" },
        { trigger: ".modal button[name=action_preview]", run: "click" },
        {
            content: "The row with the error says where and what",
            trigger:
                ".modal .o_data_row:contains('Error'):contains('quantity'):contains('two') td[name=row]:contains('3')",
        },
        { trigger: ".modal .o_data_row:contains('9001'):contains('Ready'):contains('Will be imported.')" },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        {
            content: "What was imported is in the inbox",
            trigger: ".o_list_view .o_data_row:contains('9001'):contains('Pending')",
        },
        { trigger: ".o_list_view:not(:has(.o_data_row:contains('9002')))" },
    ],
});
