import { Component, onWillUnmount, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const REFRESH_MS = 3000;

/** Reads the record again every few seconds while one of its fields has a value. */
export class Refresh extends Component {
    static template = xml``;
    static props = { ...standardWidgetProps, field: String, value: String };

    setup() {
        const timer = setInterval(() => this.refresh(), REFRESH_MS);
        onWillUnmount(() => clearInterval(timer));
    }

    async refresh() {
        const { record, field, value } = this.props;
        // What a person is writing is not taken away from them.
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
