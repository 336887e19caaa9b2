import { Component, onWillUnmount, useState } from "@odoo/owl";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;
const REFRESH_MS = 5000;

/** Relative time, such as "12 sec. ago", updated regularly. */
export class AgoField extends Component {
    static template = "oms_addon.AgoField";
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ now: DateTime.now() });
        const timer = setInterval(() => (this.state.now = DateTime.now()), REFRESH_MS);
        onWillUnmount(() => clearInterval(timer));
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        // The server's clock may be ahead: a recent time is never shown in the future.
        const seconds = this.state.now.diff(this.value, "seconds").seconds;
        if (Math.abs(seconds) < 2) {
            return _t("just now");
        }
        return this.value.toRelative({ base: this.state.now, style: "short" });
    }

    get title() {
        return formatDateTime(this.value);
    }
}

export const agoField = {
    component: AgoField,
    displayName: _t("Relative Time"),
    supportedTypes: ["datetime"],
};

registry.category("fields").add("oms_ago", agoField);
