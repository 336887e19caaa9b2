import { Component, markRaw, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { StockChart } from "../chart/chart";

const percent = (share) => `${Math.round(share * 1000) / 10}%`;

/** What a service target costs in stock. */
export class ServiceCurve extends Component {
    static template = "oms_addon.ServiceCurve";
    static components = { StockChart };
    static props = { ids: Array, money: Function };

    setup() {
        this.orm = useService("orm");
        this.percent = percent;
        this.state = useState({ curve: null, picture: null, error: "" });
        onWillStart(() => this.load(this.props.ids));
        onWillUpdateProps(({ ids }) => String(ids) !== String(this.props.ids) && this.load(ids));
    }

    async load(ids) {
        try {
            const curve = await this.orm.call("oms.forecast", "read_service_curve", [ids]);
            Object.assign(this.state, { curve: markRaw(curve), picture: markRaw(this.prepare(curve)), error: "" });
        } catch (error) {
            this.state.error = error.data?.message || error.message;
        }
    }

    get sentence() {
        const { points, currency_id } = this.state.curve;
        const value = (target) => points.find((point) => point.target === target).value;
        return _t("A cycle service of 95% costs %(amount)s more stock than 90%.", {
            amount: this.props.money(value(0.95) - value(0.9), currency_id),
        });
    }

    prepare({ points }) {
        return {
            type: "line",
            data: {
                labels: points.map(({ target }) => percent(target)),
                datasets: [
                    {
                        label: _t("Value of Safety Stock"),
                        data: points.map(({ value }) => value),
                        borderColor: "#714b67",
                        backgroundColor: "#714b67",
                    },
                ],
            },
            options: {
                plugins: { legend: { display: false } },
                scales: {
                    x: { title: { display: true, text: _t("Cycle Service") }, grid: { display: false } },
                    y: { beginAtZero: true, title: { display: true, text: _t("Value of Safety Stock") } },
                },
            },
        };
    }
}
