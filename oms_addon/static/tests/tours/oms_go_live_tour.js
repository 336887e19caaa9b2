import { registry } from "@web/core/registry";

const policy = (value) => `.modal [name=start_policy] input[data-value=${value}]`;

/** Let a shop that fetches orders go live: read what each choice does, and choose the safe one. */
registry.category("web_tour.tours").add("oms_go_live_tour", {
    steps: () => [
        { trigger: ".o_statusbar_buttons button[name=action_open_go_live]", run: "click" },
        { trigger: `${policy("record")}:checked` },
        { trigger: ".modal p:contains('are imported for reference'):visible" },
        { trigger: ".modal p:contains('Stock is not synced yet'):visible" },
        { trigger: policy("process"), run: "click" },
        { trigger: ".modal .alert-warning:contains('Make sure that they are not also shipped elsewhere'):visible" },
        { trigger: ".modal:not(:has(p:contains('are imported for reference'):visible))" },
        { trigger: policy("record"), run: "click" },
        { trigger: ".modal p:contains('are imported for reference'):visible" },
        {
            content: "The dialog is not wider than the screen",
            trigger: ".modal-content",
            run: ({ anchor }) => {
                const { left, right } = anchor.getBoundingClientRect();
                if (left < 0 || right > window.innerWidth || anchor.scrollWidth > anchor.clientWidth) {
                    throw new Error(`The dialog goes from ${left} to ${right}.`);
                }
            },
        },
        { trigger: ".modal button[name=action_go_live]", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_statusbar_buttons button[name=action_fetch]" },
    ],
});
