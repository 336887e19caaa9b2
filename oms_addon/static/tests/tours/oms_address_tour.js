import { registry } from "@web/core/registry";

/** Change the address of a channel: its keys are removed and entered again. */
registry.category("web_tour.tours").add("oms_address_tour", {
    steps: () => [
        { trigger: ".o_notebook a[name=connection]", run: "click" },
        {
            trigger: ".o_field_widget[name=base_url] input",
            run: "edit https://other.example.com/ && press Tab",
        },
        { trigger: ".modal:contains('belong to https://shop.example.com')" },
        { trigger: ".modal footer button", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        { trigger: ".o_form_sheet:contains('Credentials of the previous address were removed')" },
        { trigger: "button[name=action_connect]", run: "click" },
        { trigger: ".modal [name=base_url] input:value('https://other.example.com')" },
        { trigger: ".modal button[name=action_next]", run: "click" },
        { trigger: ".modal:contains('Fill in: Webservice Key')" },
        { trigger: ".modal [name=api_key] input", run: `edit ${"N".repeat(31)}` },
        { trigger: ".modal button[name=action_next]", run: "click" },
        { trigger: ".modal:contains('must have 32 characters, but the one entered has 31')" },
    ],
});

/** Name a host that channels may reach without HTTPS; what is not a valid host is refused. */
registry.category("web_tour.tours").add("oms_allowed_hosts_tour", {
    steps: () => [
        { trigger: "[name=oms_trusted_hosts] input", run: "edit *.local" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".modal:contains('is not a valid host'), .o_notification:contains('is not a valid host')" },
        { trigger: ".modal footer button.btn-primary, .o_notification_close", run: "click" },
        { trigger: "[name=oms_trusted_hosts] input", run: "edit shop.local, 10.0.0.5:8080" },
        { trigger: ".o_form_button_save", run: "click", expectUnloadPage: true },
        { trigger: ".o_control_panel:not(:has(.o_dirty_warning))" },
    ],
});
