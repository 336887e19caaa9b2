import { Component, markRaw, onWillStart, useState } from "@odoo/owl";
import { router } from "@web/core/browser/router";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { COLORS, StockChart, WIDE } from "../chart/chart";
import { quantity } from "./why";

/** Availability of one product: by warehouse, by channel, and forecasted. */
export class AvailabilityPage extends Component {
    static template = "oms_addon.AvailabilityPage";
    static components = { Layout, RecordSelector, StockChart };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.spans = [30, 60];
        this.quantity = quantity;
        this.columns = [
            { name: "on_hand", label: _t("On Hand") },
            { name: "reserved", label: _t("Reserved") },
            { name: "waiting", label: _t("Backordered") },
            { name: "free", label: _t("Free to Use") },
            { name: "arriving", label: _t("Incoming") },
        ];
        const asked = this.props.action.params?.product_id || router.current.product_id;
        const productId = Number(asked) || false;
        this.state = useState({ productId, days: this.spans[0], page: null, picture: null, error: "" });
        onWillStart(() => this.load());
    }

    get display() {
        return { controlPanel: {} };
    }

    get domain() {
        return [["type", "=", "consu"]];
    }

    async load() {
        const { productId, days } = this.state;
        this.props.updateActionState?.({ product_id: productId || undefined });
        if (!productId) {
            this.state.page = null;
            return;
        }
        try {
            const page = await this.orm.call("oms.availability", "read_page", [productId, days]);
            this.state.picture = page.timeline && markRaw(this.prepare(page.timeline));
            this.state.page = page;
            this.state.error = "";
        } catch (error) {
            this.state.page = null;
            this.state.error = error.data?.message || error.message;
        }
    }

    choose(productId) {
        this.state.productId = productId;
        return this.load();
    }

    look(days) {
        this.state.days = days;
        return this.load();
    }

    total(name) {
        return this.state.page.warehouses.reduce((sum, row) => sum + row[name], 0);
    }

    why(row) {
        this.action.doAction(row.why);
    }

    /** Forecasted stock: on hand and reserved units as steps, incoming units as bars. */
    prepare(timeline) {
        const line = (name, label, type = "line") => ({
            type,
            label,
            data: timeline[name],
            backgroundColor: COLORS[name],
            borderColor: COLORS[name],
            borderWidth: type === "line" ? 2 : 0,
            pointRadius: 0,
            pointHitRadius: 8,
            stepped: true,
        });
        return {
            data: {
                labels: timeline.days.map((day) => formatDate(deserializeDate(day))),
                datasets: [
                    line("on_hand", _t("On Hand")),
                    line("reserved", _t("Reserved")),
                    line("arriving", _t("Incoming"), "bar"),
                ],
            },
            options: {
                interaction: { mode: "index", intersect: false },
                scales: {
                    x: {
                        grid: { display: false },
                        ticks: { maxTicksLimit: window.innerWidth < WIDE ? 4 : 10, maxRotation: 0 },
                    },
                    y: { ticks: { precision: 0 }, suggestedMin: 0, suggestedMax: 1 },
                },
            },
        };
    }
}

registry.category("actions").add("oms_availability", AvailabilityPage);
