import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("oms_refund_paid_tour", {
    steps: () => [
        {
            content: "No money has moved yet",
            trigger: ".o_form_view .alert-warning:contains('no money was transferred')",
        },
        {
            content: "It was paid by hand",
            trigger: "button[name='action_mark_paid']",
            run: "click",
        },
        {
            content: "It really was",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "Nothing is left to pay",
            trigger: ".o_form_view:not(:has(button[name='action_mark_paid']))",
        },
        {
            content: "When it was paid is shown",
            trigger: ".o_field_widget[name='paid_at']",
        },
    ],
});
