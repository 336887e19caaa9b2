import { registry } from "@web/core/registry";
import { listView } from "@web/views/list/list_view";
import { ListController } from "@web/views/list/list_controller";

/** The exceptions list: reloaded after a choice, which may resolve several exceptions. */
export class HoldListController extends ListController {
    async onRecordSaved(record) {
        await super.onRecordSaved(record);
        // After the save, which locks the model until it is done.
        setTimeout(() => this.model.load());
    }
}

registry.category("views").add("oms_hold_list", { ...listView, Controller: HoldListController });
