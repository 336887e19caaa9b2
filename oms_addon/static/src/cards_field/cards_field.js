import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** A selection as cards with picture, name and description from another field of the record. */
export class CardsField extends Component {
    static template = "oms_addon.CardsField";
    static props = { ...standardFieldProps, details: { type: String, optional: true } };

    get cards() {
        const { name, record, details } = this.props;
        const descriptions = (details && record.data[details]) || {};
        return record.fields[name].selection
            .filter(([code]) => code)
            .map(([code, label]) => ({ code, label, ...descriptions[code] }));
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    choose(code) {
        if (!this.props.readonly) {
            this.props.record.update({ [this.props.name]: code });
        }
    }
}

registry.category("fields").add("oms_cards", {
    component: CardsField,
    displayName: _t("Cards"),
    supportedTypes: ["selection"],
    extractProps: ({ options }) => ({ details: options.details }),
});
