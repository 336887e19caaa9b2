import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Remaining rate limits of a channel. */
export class LimitBars extends Component {
    static template = "oms_addon.LimitBars";
    static props = { ...standardFieldProps };

    get bars() {
        return this.props.record.data[this.props.name] || [];
    }
}

/** Orders per day: on the channel, and how many of them are in Odoo. */
export class DayBars extends Component {
    static template = "oms_addon.DayBars";
    static props = { ...standardFieldProps };

    get days() {
        const days = this.props.record.data[this.props.name] || [];
        const most = Math.max(1, ...days.map((day) => day.theirs));
        return days.map((day) => ({
            ...day,
            missing: day.theirs - day.ours,
            height: (100 * day.theirs) / most,
            share: day.theirs ? (100 * day.ours) / day.theirs : 0,
        }));
    }
}

registry.category("fields").add("oms_limit_bars", { component: LimitBars, supportedTypes: ["json"] });
registry.category("fields").add("oms_day_bars", { component: DayBars, supportedTypes: ["json"] });
