import { Component, useEffect, useRef } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const OUTCOMES = {
    whole: "success",
    split: "info",
    partial: "warning",
    waits: "warning",
    cancel: "warning",
    queue: "danger",
};

const PLACES = {
    chosen: _t("Chosen"),
    open: _t("Not Chosen"),
    closed: _t("Not Eligible"),
};

const TRIALS = {
    served: "success",
    free: "success",
    partial: "warning",
    cancel: "warning",
    queue: "danger",
};

/** Explanation of an allocation: the rules tried and the result of each for every warehouse. */
export class AllocationPlan extends Component {
    static template = "oms_addon.AllocationPlan";
    static props = { ...standardFieldProps, isAnswer: { type: Boolean, optional: true } };

    setup() {
        this.rootRef = useRef("root");
        useEffect(
            (plan) => {
                if (plan && this.props.isAnswer) {
                    // On a phone the result is below the visible area.
                    this.rootRef.el.scrollIntoView();
                }
            },
            () => [this.plan]
        );
    }

    get plan() {
        return this.props.record.data[this.props.name];
    }

    get when() {
        return this.whenOf(this.plan);
    }

    whenOf(plan) {
        return plan.at ? formatDateTime(deserializeDateTime(plan.at)) : "";
    }

    get outcomeColor() {
        return OUTCOMES[this.plan.outcome] || "secondary";
    }    placeLabel(place) {
        return PLACES[place.state];
    }

    trialColor(trial) {
        return TRIALS[trial.outcome] || "secondary";
    }

    money(amount) {
        return formatCurrency(amount, this.plan.currency_id);
    }
}

/** The current plan and the simulated one, side by side. */
export class AllocationSimulation extends Component {
    static template = "oms_addon.AllocationSimulation";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get result() {
        return this.props.record.data[this.props.name];
    }

    openOrder(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sale.order",
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("oms_allocation_plan", {
    component: AllocationPlan,
    supportedTypes: ["json"],
    supportedOptions: [{ label: "Scroll Into View", name: "is_answer", type: "boolean" }],
    extractProps: ({ options }) => ({ isAnswer: Boolean(options.is_answer) }),
});
registry.category("fields").add("oms_allocation_simulation", {
    component: AllocationSimulation,
    supportedTypes: ["json"],
});
