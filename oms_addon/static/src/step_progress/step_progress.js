import { Component } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const { DateTime } = luxon;

// Completion time of each step; the first is the start of the path.
// The server describes the fields of a widget only if a list was opened before the form.
const STAMPS = [
    ["captured", "oms_captured_at", _t("Captured")],
    ["screen", "oms_screened_at", _t("Screened")],
    ["confirm", "oms_confirmed_at", _t("Confirmed")],
    ["allocate", "oms_allocated_at", _t("Allocated")],
    ["collect", "oms_paid_at", _t("Paid")],
    ["invoice", "oms_invoiced_at", _t("Invoiced")],
    ["ship", "oms_shipped_at", _t("Shipped")],
    ["track", "oms_tracked_at", _t("In Transit")],
    ["deliver", "oms_delivered_at", _t("Delivered")],
    ["close", "oms_closed_at", _t("Closed")],
];
const LABEL_OF = Object.fromEntries(STAMPS.map(([name, , label]) => [name, label]));
const ICONS = {
    done: "fa-check",
    running: "fa-cog",
    waiting: "fa-clock-o",
    held: "fa-hand-paper-o",
    failed: "fa-times",
    cancelled: "fa-ban",
};

/** The path of an order: completed steps with their time, the current step and the pending ones. */
export class StepProgress extends Component {
    static template = "oms_addon.StepProgress";
    static props = { ...standardWidgetProps };

    get steps() {
        const { data } = this.props.record;
        if (data.oms_made_steps) {
            return this.madeSteps(data.oms_made_steps);
        }
        return STAMPS.map(([name, stamp, label]) => {
            const state = this.stateOf(name, data[stamp]);
            return {
                name,
                state,
                icon: ICONS[state],
                label,
                when: data[stamp] ? this.short(data[stamp]) : "",
                title: data[stamp] ? formatDateTime(data[stamp]) : this.titleOf(state),
            };
        });
    }

    /** The steps of an order created in Sales, which has no path. */
    madeSteps(steps) {
        const { data } = this.props.record;
        return steps.map(({ name, at, done }) => {
            const when = at && deserializeDateTime(at);
            const isHere = !done && name === data.oms_shown_step;
            const state = done ? "done" : isHere ? data.oms_shown_status : "todo";
            return {
                name,
                state,
                icon: ICONS[state],
                label: LABEL_OF[name],
                when: when ? this.short(when) : "",
                title: when
                    ? formatDateTime(when)
                    : isHere
                      ? data.oms_shown_reason
                      : done
                        ? _t("Done")
                        : _t("Pending"),
            };
        });
    }

    stateOf(name, stamp) {
        const { oms_step, oms_status } = this.props.record.data;
        if (stamp) {
            return "done";
        }
        if (name === oms_step) {
            return oms_status || "running";
        }
        return "todo";
    }

    titleOf(state) {
        const { data } = this.props.record;
        return state === "todo" ? _t("Pending") : data.oms_shown_reason || "";
    }

    short(moment) {
        const sameDay = moment.hasSame(DateTime.now(), "day");
        return sameDay
            ? moment.toLocaleString(DateTime.TIME_SIMPLE)
            : moment.toLocaleString({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
    }
}

registry.category("view_widgets").add("oms_step_progress", {
    component: StepProgress,
    fieldDependencies: [
        { name: "oms_step", type: "selection" },
        { name: "oms_status", type: "selection" },
        { name: "oms_made_steps", type: "json" },
        { name: "oms_shown_step", type: "selection" },
        { name: "oms_shown_status", type: "selection" },
        { name: "oms_shown_reason", type: "char" },
        ...STAMPS.map(([, name]) => ({ name, type: "datetime" })),
    ],
});
