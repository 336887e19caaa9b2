import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

/** A back-fill is followed while it runs, without anybody reading the page again. */
registry.category("web_tour.tours").add("oms_backfill_tour", {
    steps: () => [
        { trigger: ".o_arrow_button_current:contains('Running')" },
        { trigger: ".o_field_widget[name=done_count]:contains('3')" },
        {
            trigger: ".o_statusbar_buttons button[name=action_stop]",
            run() {
                const id = Number(window.location.pathname.split("/").pop());
                return rpc("/web/dataset/call_kw/oms.channel.backfill/action_stop", {
                    model: "oms.channel.backfill",
                    method: "action_stop",
                    args: [[id]],
                    kwargs: {},
                });
            },
        },
        {
            content: "What happened elsewhere shows by itself",
            trigger: ".o_statusbar_buttons button[name=action_start]",
            timeout: 15000,
        },
        { trigger: ".o_statusbar_buttons:not(:has(button[name=action_stop]))" },
    ],
});
