import { registry } from "@web/core/registry";

/** Export what is kept of a customer, then erase them. */
registry.category("web_tour.tours").add("oms_personal_data_tour", {
    steps: () => [
        { trigger: ".o_cp_action_menus button:has(.fa-cog)", run: "click" },
        { trigger: ".o_menu_item:contains('Personal Data')", run: "click" },
        { trigger: ".modal h5:contains('To Be Erased')" },
        { trigger: ".modal li:contains('keep the name and billing address')" },
        { trigger: ".modal button[name=action_export]", run: "click" },
        { trigger: ".modal .o_field_widget[name=file]:contains('personal_data')" },
        { trigger: ".modal button[name=action_erase]", run: "click" },
        { trigger: ".modal:contains('cannot be undone') .btn-primary", run: "click" },
        {
            trigger:
                ".modal:not(:contains('To Be Erased')):contains('Kept') h5:contains('Erased')",
        },
        { trigger: ".modal-footer button:contains('Close')", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
