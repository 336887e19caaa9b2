import { registry } from "@web/core/registry";

/** Find a held order in the list, decide, let it run and read what happened to it. */
registry.category("web_tour.tours").add("oms_timeline_tour", {
    steps: () => [
        { trigger: ".o_data_row:contains('#H-1'):contains('On Hold') td[name=partner_id]", run: "click" },
        { trigger: ".alert:contains('Large order: look first')" },
        { trigger: ".o_oms_step[data-step=captured][data-state=done]" },
        { trigger: ".o_oms_step[data-step=screen][data-state=held]" },
        { trigger: ".o_oms_step[data-step=confirm][data-state=todo]" },
        { trigger: ".alert button:contains('Resolve')", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains('H-1') button[name=action_release]", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains('H-1'):not(:has(button[name=action_release]))" },
        { trigger: ".breadcrumb-item.o_back_button a", run: "click" },
        { trigger: "button[name=action_oms_run]", run: "click" },
        { trigger: ".o_oms_step[data-step=invoice][data-state=done]" },
        { trigger: ".o_notebook a[name=oms_timeline]", run: "click" },
        { trigger: ".o_data_row:contains('Captured from Shop as #H-1')" },
        { trigger: ".o_data_row:contains('Large order: look first')" },
        { trigger: ".o_data_row:contains('Released by')" },
        { trigger: ".o_data_row:contains('Confirmed')" },
    ],
});
