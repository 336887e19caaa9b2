import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const ICONS = { done: "fa-check", failed: "fa-times", running: "fa-circle" };

/** Current step of a wizard, from a field of its record. */
export class WizardSteps extends Component {
    static template = "oms_addon.WizardSteps";
    static props = { ...standardWidgetProps, steps: String };

    get steps() {
        return (this.props.record.data[this.props.steps] || []).map((step) => ({
            ...step,
            icon: ICONS[step.state],
        }));
    }
}

registry.category("view_widgets").add("oms_steps", {
    component: WizardSteps,
    extractProps: ({ options }) => ({ steps: options.steps }),
    fieldDependencies: ({ options }) => [{ name: options.steps, type: "json", readonly: true }],
});
