import { Component, markRaw, onWillStart, useRef, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatMonetary } from "@web/views/fields/formatters";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useDebounced } from "@web/core/utils/timing";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { quantity } from "../availability/why";
import { WIDE } from "../chart/chart";
import { SeriesDetail } from "./series_detail";
import { ServiceCurve } from "./service_curve";

/** The planner's workbench: series by money at risk, beside the picture of one. */
export class Workbench extends Component {
    static template = "oms_addon.Workbench";
    static components = { Layout, SeriesDetail, ServiceCurve };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.last = new KeepLast();
        this.detail = useRef("detail");
        this.quantity = quantity;
        this.money = (amount, currencyId) => formatMonetary(amount, { currencyId });
        this.search = useDebounced(() => this.filter({}), 300);
        this.state = useState({
            options: null,
            filters: { search: "", warehouse_id: 0, channel_id: 0, rule_id: 0, soon: true, too_low: false },
            offset: 0,
            page: null,
            chosen: 0,
            selected: {},
            percent: "",
            reason: "",
            showsCurve: false,
            version: 0,
            error: "",
        });
        onWillStart(() => this.start());
    }

    get display() {
        return { controlPanel: {} };
    }

    get selectedIds() {
        return Object.keys(this.state.selected).filter((id) => this.state.selected[id]).map(Number);
    }

    get curveIds() {
        return this.selectedIds.length ? this.selectedIds : [this.state.chosen];
    }

    get range() {
        const { offset, page } = this.state;
        const first = page.count ? offset + 1 : 0;
        const count = page.count > 10000 ? "10,000+" : page.count;
        return _t("%(first)s-%(last)s of %(count)s", { first, last: offset + page.rows.length, count });
    }

    get dropdowns() {
        const { warehouses, channels, rules } = this.state.options;
        return [
            { name: "warehouse_id", label: _t("Warehouse"), all: _t("All Warehouses"), options: warehouses },
            { name: "channel_id", label: _t("Sales Channel"), all: _t("All Channels"), options: channels },
            { name: "rule_id", label: _t("Forecast Rule"), all: _t("All Forecast Rules"), options: rules },
        ];
    }

    day(text) {
        return formatDate(deserializeDate(text));
    }

    async call(method, args) {
        try {
            const result = await this.last.add(this.orm.call("oms.forecast", method, args));
            this.state.error = "";
            return result;
        } catch (error) {
            this.state.error = error.data?.message || error.message;
        }
    }

    /** Series that run out within a week, or all when there are none. */
    async start() {
        this.state.options = await this.call("read_filters", []);
        if (this.state.options) {
            await this.load();
            if (this.state.page?.count === 0) {
                await this.filter({ soon: false });
            }
        }
    }

    async load() {
        const page = await this.call("read_series", [this.state.filters, this.state.offset]);
        if (page) {
            this.state.page = markRaw(page);
            if (!page.rows.some(({ id }) => id === this.state.chosen)) {
                this.state.chosen = page.rows[0]?.id || 0;
            }
        }
    }

    filter(values) {
        Object.assign(this.state.filters, values);
        this.state.offset = 0;
        this.state.selected = {};
        return this.load();
    }

    turn(pages) {
        this.state.offset += pages * this.state.page.page;
        return this.load();
    }

    choose(id) {
        this.state.chosen = id;
        if (window.innerWidth < WIDE) {
            this.detail.el?.scrollIntoView({ behavior: "smooth" });
        }
    }

    selectAll(isSelected) {
        this.state.selected = isSelected ? Object.fromEntries(this.state.page.rows.map(({ id }) => [id, true])) : {};
    }

    async adjust() {
        const done = await this.call("override_percent", [this.selectedIds, Number(this.state.percent), this.state.reason]);
        if (done) {
            Object.assign(this.state, { percent: "", reason: "" });
            await this.refresh();
        }
    }

    async refresh() {
        await this.load();
        this.state.version++;
    }
}

registry.category("actions").add("oms_workbench", Workbench);
