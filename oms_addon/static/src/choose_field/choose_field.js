import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { computeM2OProps, Many2One } from "@web/views/fields/many2one/many2one";
import { buildM2OFieldDescription, Many2OneField } from "@web/views/fields/many2one/many2one_field";

/** States in which the value is still to be chosen. */
const WAITING_STATES = ["open", "unmatched", "suggested"];

/** A many2one that is saved when it is chosen, and highlighted while it is empty. */
export class ChooseField extends Many2OneField {
    static template = "oms_addon.ChooseField";
    static components = { Many2One };

    get asks() {
        const { name, readonly, record } = this.props;
        return readonly && !record.data[name] && WAITING_STATES.includes(record.data.state);
    }

    get m2oProps() {
        const { name, record } = this.props;
        return {
            ...computeM2OProps(this.props),
            update: (value) => record.update({ [name]: value }, { save: Boolean(value) }),
        };
    }
}

registry.category("fields").add("oms_choose", {
    ...buildM2OFieldDescription(ChooseField),
    displayName: _t("Choose and Save"),
});
