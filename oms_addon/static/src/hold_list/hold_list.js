import { registry } from "@web/core/registry";
import { listView } from "@web/views/list/list_view";
import { ListController } from "@web/views/list/list_controller";

/** The exceptions list: what one choice let go is gone from all rows at once. */
export class HoldListController extends ListController {
    async onRecordSaved(record) {
        await super.onRecordSaved(record);
        // After the save, which holds the model until it is through.
        setTimeout(() => this.model.load());
    }
}

registry.category("views").add("oms_hold_list", { ...listView, Controller: HoldListController });
