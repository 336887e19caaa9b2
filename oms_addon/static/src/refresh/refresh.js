import { Component, onWillUnmount, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const REFRESH_MS = 3000;

/** Reload the record every few seconds while a field has a given value. */
export class Refresh extends Component {
    static template = xml``;
    static props = { ...standardWidgetProps, field: String, value: String };

    setup() {
        const timer = setInterval(() => this.refresh(), REFRESH_MS);
        onWillUnmount(() => clearInterval(timer));
    }

    async refresh() {
        const { record, field, value } = this.props;
        // Unsaved changes are kept.
        if (!this.loading && record.data[field] === value && !(await record.isDirty())) {
            this.loading = true;
            try {
                await record.load();
            } finally {
                this.loading = false;
            }
        }
    }
}

registry.category("view_widgets").add("oms_refresh", {
    component: Refresh,
    extractProps: ({ options }) => ({ field: options.field, value: options.value }),
});
