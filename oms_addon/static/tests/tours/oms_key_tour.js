import { registry } from "@web/core/registry";

/** Create an API key for a shop: choose whom it acts as, say who one is, and read it. */
registry.category("web_tour.tours").add("oms_key_tour", {
    steps: () => [
        { trigger: ".o_notebook a[name=connection]", run: "click" },
        { trigger: "button:contains('Create API Key')", run: "click" },
        { trigger: ".modal .o_field_widget[name=user_id] input", run: "edit api_agent" },
        { trigger: ".o-autocomplete--dropdown-item:contains('api_agent')", run: "click" },
        { trigger: ".modal button[name=action_create_key]", run: "click" },
        { trigger: ".modal .o_field_widget[name=password] input", run: "edit oms_manager" },
        { trigger: ".modal button[name=run_check]", run: "click" },
        { trigger: ".modal .modal-title:contains('API key for Shop')" },
        { trigger: ".modal .o_field_widget[name=key]" },
    ],
});
