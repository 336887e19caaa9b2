import { registry } from "@web/core/registry";
import { cookie } from "@web/core/browser/cookie";

const NEXT = { trigger: ".modal button[name=action_next]:enabled", run: "click" };

const at = (step) => ({
    trigger: `.modal .o_oms_wizard_steps [data-step=${step}][data-state=running]`,
});

const type = (name, value) => ({
    trigger: `.modal .o_field_widget[name=${name}] input:visible`,
    run: `edit ${value}`,
});

/** The taxes, and how the channel rounds where it says so. */
function taxes(shop) {
    const rounding = { trigger: ".modal .o_field_widget[name=price_rounding]:contains('Half Up')" };
    return [at("taxes"), ...(shop.adapter === "prestashop" ? [rounding] : []), NEXT];
}

/** Fill in the access: a wrong secret first, which is said and stays. */
function access({ credentials, secret, refused }) {
    const fields = Object.entries(credentials).filter(([, value]) => value);
    return [
        ...fields.map(([name, value]) => type(name, name === secret ? "wrong" : value)),
        NEXT,
        { trigger: `.modal .o_oms_connect_error${refused && `:contains('${refused}')`}` },
        { trigger: ".modal [data-step=test][data-state=failed]" },
        { trigger: ".modal button[name=action_back]", run: "click" },
        at("credentials"),
        type(secret, credentials[secret]),
        NEXT,
        { trigger: ".modal .alert-success:contains('The connection works.'):visible" },
        at("test"),
        NEXT,
    ];
}

/**
 * Connect a channel of any kind to a shop, from its kind to live. What differs from kind to
 * kind is told by a cookie: adapter, name, credentials, secret, refused, steps.
 */
registry.category("web_tour.tours").add("oms_connect_tour", {
    steps: () => {
        const shop = JSON.parse(decodeURIComponent(cookie.get("oms_connect")));
        const has = (step) => shop.steps.includes(step);
        return [
            { trigger: "button:contains('Connect Channel')", run: "click" },
            at("kind"),
            { trigger: `.modal .o_oms_card[data-code=${shop.adapter}]`, run: "click" },
            { trigger: `.modal .o_oms_card.active[data-code=${shop.adapter}]` },
            NEXT,
            at("credentials"),
            type("name", shop.name),
            ...(has("test") ? access(shop) : [NEXT]),
            at("stock"),
            NEXT,
            ...(has("taxes") ? taxes(shop) : []),
            at("policy"),
            { trigger: ".modal .o_oms_card.active:visible" },
            { trigger: ".modal .o_oms_card[data-code=marketplace]", run: "click" },
            { trigger: ".modal .o_oms_card.active[data-code=marketplace]" },
            NEXT,
            ...(has("sync")
                ? [
                      at("sync"),
                      { trigger: ".modal .o_field_widget[name=stock_line_ids]:visible" },
                      {
                          content: "Nothing is synced before it was approved",
                          trigger: ".modal [name=wants_stock] input:not(:checked)",
                      },
                      NEXT,
                  ]
                : []),
            ...(has("prices")
                ? [
                      at("prices"),
                      { trigger: ".modal .o_field_widget[name=price_line_ids]:visible" },
                      { trigger: ".modal [name=wants_prices] input:not(:checked)" },
                      NEXT,
                  ]
                : []),
            ...(has("history")
                ? [
                      at("history"),
                      {
                          trigger: ".modal .o_field_widget[name=wants_backfill] input",
                          run: "click",
                      },
                      {
                          content: "Nothing is brought before it was counted",
                          trigger: ".modal button[name=action_count]:visible",
                          run: "click",
                      },
                      {
                          trigger: `.modal [name=count_text] span${
                              shop.counted && `:contains('${shop.counted}')`
                          }`,
                      },
                      NEXT,
                  ]
                : []),
            at("summary"),
            { trigger: `.modal .o_oms_summary:contains('${shop.name}')` },
            { trigger: ".modal .o_oms_summary:contains('Marketplace')" },
            { trigger: ".modal button[name=action_go_live]:visible", run: "click" },
            { trigger: ".o_arrow_button_current:contains('Live')" },
            { trigger: `.o_field_widget[name=name] input:value('${shop.name}')` },
        ];
    },
});
