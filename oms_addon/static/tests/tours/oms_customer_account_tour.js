import { registry } from "@web/core/registry";

/** Say that an order is of the contact whose user has its email address. */
registry.category("web_tour.tours").add("oms_customer_account_tour", {
    steps: () => [
        { trigger: "h2:contains('The order has the email address of')" },
        { trigger: "div[name=candidate_id]:contains('Joel')" },
        { trigger: ".o_form_view:contains('Customer to Confirm')" },
        {
            trigger: ".o_form_view .o_form_statusbar",
            run() {
                // Small screens keep the buttons in a menu.
                const menu = document.querySelector(
                    ".o_form_statusbar .o_statusbar_buttons .dropdown-toggle, .o_cp_action_menus .d-xl-none"
                );
                if (menu && !document.querySelector("button[name=action_choose_candidate]")) {
                    menu.click();
                }
            },
        },
        { trigger: "button[name=action_choose_candidate]", run: "click" },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        { trigger: "div[name=resolution]:contains('Customer set to')" },
    ],
});
