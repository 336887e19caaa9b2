import { registry } from "@web/core/registry";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";

/** Kanban view that shows its empty screen for grouped records as well. */
export class OrdersKanbanRenderer extends KanbanRenderer {
    get showNoContentHelper() {
        // Odoo shows the column creation instead, which these views do not offer.
        const { isGrouped, groups } = this.props.list;
        return super.showNoContentHelper || (isGrouped && !groups.length);
    }
}

registry.category("views").add("oms_orders_kanban", {
    ...kanbanView,
    Renderer: OrdersKanbanRenderer,
});
