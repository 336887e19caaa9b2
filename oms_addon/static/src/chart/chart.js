import { Component, onWillStart, onWillUnmount, useEffect, useRef, xml } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";

/** Colors of the stock charts. */
export const COLORS = {
    on_hand: "#017e84",
    reserved: "#d5653e",
    overdue: "#e0a800",
    arriving: "#8dbfc2",
};
export const WIDE = 768;

/** A Chart.js chart, drawn again when its data changes. */
export class StockChart extends Component {
    static template = xml`<canvas t-ref="canvas" role="img" t-att-aria-label="props.label" />`;
    static props = { picture: Object, label: String };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [this.props.picture]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    draw() {
        this.chart?.destroy();
        const { options, ...picture } = this.props.picture;
        this.chart = new Chart(this.canvas.el, {
            ...picture,
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: { legend: { position: "bottom" } },
                ...options,
            },
        });
    }
}
