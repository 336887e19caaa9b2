import { Component, markRaw, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

import { COLORS, StockChart, WIDE } from "../chart/chart";

const WEEK_COLORS = ["#3f9fa3", "#8dbfc2", "#b9d9da"];
const LATER_COLOR = "#dde9ea";

/** Chart of backordered units, with stock and incoming units by week. */
export class BackorderPicture extends Component {
    static template = "oms_addon.BackorderPicture";
    static components = { StockChart };
    static props = { list: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ queue: null, picture: null });
        this.last = new KeepLast();
        onWillStart(() => this.load(this.props.list));
        onWillUpdateProps(({ list }) => this.load(list));
    }

    async load(list) {
        const { products, more, short } = await this.last.add(
            this.orm.call("oms.backorder", "read_picture", [list.domain])
        );
        this.state.queue = { rows: products.length, more, short };
        this.state.picture = markRaw(this.prepare(products));
    }

    get height() {
        return 70 + 36 * this.state.queue.rows;
    }

    prepare(products) {
        const narrow = window.innerWidth < WIDE;
        const letters = narrow ? 16 : 40;
        const bar = (label, color, value, stack = "coming") => ({
            label,
            stack,
            backgroundColor: color,
            data: products.map(value),
        });
        const weeks = [_t("In 7 days"), _t("In 14 days"), _t("In 21 days")];
        return {
            type: "bar",
            data: {
                labels: products.map(({ name }) =>
                    name.length > letters ? `${name.slice(0, letters - 1)}…` : name
                ),
                datasets: [
                    bar(_t("Backordered"), COLORS.reserved, (row) => row.waiting, "waiting"),
                    bar(_t("In Stock"), COLORS.on_hand, (row) => row.stock),
                    bar(_t("Overdue"), COLORS.overdue, (row) => row.overdue),
                    ...weeks.map((label, week) =>
                        bar(label, WEEK_COLORS[week], (row) => row.weeks[week])
                    ),
                    bar(_t("Later"), LATER_COLOR, (row) => row.later),
                ].filter(({ data }) => data.some(Boolean)),
            },
            options: {
                indexAxis: "y",
                interaction: { mode: "index", axis: "y", intersect: false },
                plugins: {
                    legend: { position: "bottom", labels: { boxWidth: narrow ? 12 : 40 } },
                    tooltip: { filter: ({ raw }) => raw },
                },
                scales: {
                    x: { stacked: true, ticks: { precision: 0 }, suggestedMax: 1 },
                    y: { stacked: true, grid: { display: false } },
                },
                onClick: (_event, [bar]) => bar && this.open(products[bar.index]),
            },
        };
    }

    /** Open the availability of a product. */
    async open(product) {
        this.action.doAction(
            await this.orm.call("product.product", "action_oms_availability", [[product.id]])
        );
    }
}

class BackorderListRenderer extends ListRenderer {
    static template = "oms_addon.BackorderListRenderer";
    static components = { ...ListRenderer.components, BackorderPicture };
}

class BackorderKanbanRenderer extends KanbanRenderer {
    static template = "oms_addon.BackorderKanbanRenderer";
    static components = { ...KanbanRenderer.components, BackorderPicture };
}

registry
    .category("views")
    .add("oms_backorder_list", { ...listView, Renderer: BackorderListRenderer })
    .add("oms_backorder_kanban", { ...kanbanView, Renderer: BackorderKanbanRenderer });
