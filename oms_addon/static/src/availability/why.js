import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Format a quantity without trailing zeros. */
export function quantity(number) {
    return formatFloat(number, { digits: [16, 3], trailingZeros: false });
}

/** Explanation of the available stock: rows that add up to it. */
export class WhyDialog extends Component {
    static template = "oms_addon.WhyDialog";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ found: null, error: "" });
        this.quantity = quantity;
        onWillStart(() => this.load());
    }

    async load() {
        const { told, ...question } = this.props.action.params;
        try {
            this.state.found = await this.orm.call(
                "oms.availability",
                "explain_number",
                [],
                question
            );
            this.told = told;
        } catch (error) {
            this.state.error = error.data?.message || error.message;
        }
    }

    get untracked() {
        return _t("Not tracked");
    }

    change(row) {
        return row.change > 0 ? `+${quantity(row.change)}` : quantity(row.change).replace("-", "−");
    }

    open(row) {
        this.action.doAction(row.action);
    }
}

registry.category("actions").add("oms_why", WhyDialog);
