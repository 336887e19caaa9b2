import { onMounted, onWillUnmount } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { StockChart, WIDE } from "../chart/chart";

const COLORS = {
    history: "#adb5bd",
    consumed: "#017e84",
    open: "#8dbfc2",
    forecast: "#714b67",
    band50: "rgba(113, 75, 103, 0.28)",
    band90: "rgba(113, 75, 103, 0.12)",
    stock: "#d5653e",
    incoming: "#e0a800",
    stockout: "#dc3545",
    override: "#ffffff",
};
/** The place of the dataset that can be dragged. */
export const FORECAST = "forecast";

/** The chart of a series: history, forecast with its bands, orders, stock and receipts. */
export function preparePicture(series, drafts) {
    const past = series.history.length;
    const periods = series.periods.map((period) => {
        const draft = drafts[period.day];
        return draft === undefined || draft === "" ? period : { ...period, forecast: Number(draft) };
    });
    const blank = Array(past).fill(null);
    const ahead = (value) => [...blank, ...periods.map(value)];
    const line = (label, data, options) => ({ type: "line", label, data, pointRadius: 0, borderWidth: 2, ...options });
    const band = (name, label) => [
        line("", ahead(({ bands }) => bands[name][0]), { borderWidth: 0, order: 9 }),
        line(label, ahead(({ bands }) => bands[name][1]), {
            borderWidth: 0,
            fill: "-1",
            backgroundColor: COLORS[`band${name}`],
            order: 9,
        }),
    ];
    const bar = (label, color, data, options) => ({ type: "bar", label, data, backgroundColor: color, stack: "demand", order: 5, ...options });
    const isOut = (place) => place === series.stockout_place;
    const promoted = new Set(series.promotions.map(({ day }) => day));
    const datasets = [
        bar(_t("Demand"), COLORS.history, [...series.history.map(({ quantity }) => quantity), ...periods.map(() => null)]),
        bar(_t("Consumed by Orders"), COLORS.consumed, ahead(({ consumed }) => consumed)),
        bar(_t("Open Forecast"), COLORS.open, ahead(({ open }) => open)),
        ...band("90", _t("90% Interval")),
        ...band("50", _t("50% Interval")),
        line(_t("Forecast"), ahead(({ forecast }) => forecast), {
            id: FORECAST,
            borderColor: COLORS.forecast,
            pointRadius: ahead(({ can_override }) => (can_override ? 5 : 0)),
            pointHitRadius: 12,
            pointStyle: ahead(({ override, day }) => (override || drafts[day] !== undefined ? "rectRot" : "circle")),
            pointBackgroundColor: ahead(({ override }) => (override ? COLORS.override : COLORS.forecast)),
            pointBorderColor: COLORS.forecast,
            order: 1,
        }),
    ];
    if (series.stock.length) {
        datasets.push(
            line(_t("Projected Stock"), [...blank, ...series.stock], {
                yAxisID: "stock",
                borderColor: COLORS.stock,
                borderDash: [5, 3],
                pointStyle: "triangle",
                pointRadius: [...blank, ...series.stock.map((_units, place) => (isOut(place) ? 9 : 0))],
                pointBackgroundColor: COLORS.stockout,
                order: 2,
            })
        );
        if (series.incoming.some(Boolean)) {
            datasets.push(bar(_t("Incoming"), COLORS.incoming, [...blank, ...series.incoming], { yAxisID: "stock", stack: "incoming" }));
        }
    }
    if (promoted.size) {
        datasets.push(
            line(_t("Promotion"), [...series.history, ...periods].map(({ day }) => (promoted.has(day) ? 0 : null)), {
                showLine: false,
                pointStyle: "star",
                pointRadius: 7,
                borderColor: COLORS.stockout,
                order: 0,
            })
        );
    }
    const narrow = window.innerWidth < WIDE;
    return {
        data: {
            labels: [...series.history, ...periods].map(({ day }) => formatDate(deserializeDate(day))),
            datasets,
        },
        options: {
            interaction: { mode: "index", intersect: false },
            plugins: {
                legend: {
                    position: "bottom",
                    labels: { boxWidth: 14, filter: ({ text }) => text },
                },
                tooltip: { filter: ({ dataset, raw }) => dataset.label && raw !== null },
            },
            scales: {
                x: { stacked: true, grid: { display: false }, ticks: { maxTicksLimit: narrow ? 4 : 12, maxRotation: 0 } },
                y: { stacked: false, suggestedMin: 0, suggestedMax: 1, title: { display: !narrow, text: _t("Demand") } },
                ...(series.stock.length && {
                    stock: {
                        position: "right",
                        grid: { drawOnChartArea: false },
                        suggestedMin: 0,
                        title: { display: !narrow, text: _t("Projected Stock") },
                    },
                }),
            },
        },
    };
}

/** A chart whose forecast can be dragged up and down. */
export class SeriesChart extends StockChart {
    static props = { ...StockChart.props, onDrag: Function, first: Number };

    setup() {
        super.setup();
        this.dragged = null;
        const down = (event) => this.start(event);
        const move = (event) => this.move(event);
        const up = () => this.stop();
        onMounted(() => {
            this.canvas.el.addEventListener("pointerdown", down);
            window.addEventListener("pointermove", move);
            window.addEventListener("pointerup", up);
        });
        onWillUnmount(() => {
            window.removeEventListener("pointermove", move);
            window.removeEventListener("pointerup", up);
        });
    }

    get line() {
        return this.chart.data.datasets.findIndex(({ id }) => id === FORECAST);
    }

    start(event) {
        const points = this.chart.getElementsAtEventForMode(event, "nearest", { intersect: true }, false);
        const point = points.find(({ datasetIndex }) => datasetIndex === this.line);
        if (point && point.element.options.radius) {
            this.dragged = point.index;
            this.canvas.el.style.cursor = "ns-resize";
        }
    }

    move(event) {
        if (this.dragged === null) {
            return;
        }
        const top = this.canvas.el.getBoundingClientRect().top;
        const value = Math.max(0, Math.round(this.chart.scales.y.getValueForPixel(event.clientY - top)));
        this.chart.data.datasets[this.line].data[this.dragged] = value;
        this.chart.update("none");
    }

    stop() {
        if (this.dragged === null) {
            return;
        }
        const value = this.chart.data.datasets[this.line].data[this.dragged];
        const place = this.dragged - this.props.first;
        this.dragged = null;
        this.canvas.el.style.cursor = "";
        this.props.onDrag(place, Math.round(value));
    }
}
