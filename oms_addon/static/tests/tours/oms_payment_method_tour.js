import { registry } from "@web/core/registry";

/** Say how the orders of a payment method are to be paid. */
registry.category("web_tour.tours").add("oms_payment_method_tour", {
    steps: () => [
        { trigger: ".o_notebook a[name=policy_money]", run: "click" },
        { trigger: ".o_field_widget[name=payment_method_ids] td:contains('cod')" },
        {
            trigger: ".o_field_widget[name=payment_method_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=payment_method_ids] .o_selected_row [name=method] input",
            run: "edit courier_pays",
        },
        {
            trigger: ".o_field_widget[name=payment_method_ids] .o_selected_row [name=terms] input",
            run: "click",
        },
        { trigger: ".o_select_menu_item:contains('Cash on Delivery')", run: "click" },
        {
            trigger:
                ".o_field_widget[name=payment_method_ids] [name=terms] input:value('Cash on Delivery')",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
    ],
});
