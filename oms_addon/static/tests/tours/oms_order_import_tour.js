import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";

const CSV = `order_ref,placed_at,currency,customer_name,email,ship_street,ship_city,ship_zip,ship_country,sku,quantity,unit_price
9001,2026-03-01T09:00:00Z,USD,Ann Lee,ann@example.com,1 High Street,Leeds,LS1 1AA,GB,MUG,2,10.00
9002,2026-03-01T09:05:00Z,USD,Bob Ray,bob@example.com,2 High Street,Leeds,LS1 1AA,GB,MUG,two,10.00
9002,,,,,,,,,POT,1,5.00
9003,2026-03-01T09:05:00Z,USD,Cyd,cyd@example.com,3 High Street,Leeds,LS1 1AA,GB,MOG,1,10.00
9004,2026-03-01T09:05:00Z,USD,Dee,dee@example.com,,Leeds,LS1 1AA,GB,MUG,1,10.00
`;

/** Without a channel an agent imports a file, and sees of each row what will happen. */
registry.category("web_tour.tours").add("oms_order_import_tour", {
    steps: () => [
        { trigger: "button[name=action_download_sample]:contains('Download Sample File')" },
        {
            trigger: ".o_field_widget[name=data]",
            async run() {
                const file = new File([CSV], "orders.csv", { type: "text/csv" });
                await inputFiles(".o_field_widget[name=data] input[type=file]", [file]);
            },
        },
        { trigger: ".o_field_widget[name=data] input:value('orders.csv')" },
        { trigger: "button[name=action_preview]", run: "click" },
        { trigger: ".o_field_widget[name=line_ids]:contains('Ready'):contains('Will be imported.')" },
        { trigger: ".o_field_widget[name=line_ids]:contains('Skipped: another row')" },
        { trigger: ".o_field_widget[name=line_ids]:contains('To Review'):contains('SKU MOG')" },
        { trigger: ".o_field_widget[name=line_ids]:contains('On Hold'):contains('has no street')" },
        { trigger: "button[name=action_download_rejected]:contains('Download Rejected Rows')" },
        { trigger: "button[name=action_apply]:contains('Import')" },
    ],
});

/** An agent moves an order of a customer to somebody else. */
registry.category("web_tour.tours").add("oms_customer_split_tour", {
    steps: () => [
        { trigger: ".o_cp_action_menus button:has(.fa-cog)", run: "click" },
        { trigger: ".o_menu_item:contains('Split Customer')", run: "click" },
        { trigger: ".modal .o_field_widget[name=line_ids]:contains('Bob')" },
        {
            trigger:
                ".modal .o_data_row:contains('Bob') .o_boolean_toggle input, .modal .o_kanban_record:contains('Bob') .o_boolean_toggle input",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=name] input:value('Bob')" },
        { trigger: ".modal button[name=action_split]", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_form_view .o_field_widget[name=name]" },
    ],
});
