import { registry } from "@web/core/registry";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";

/** Orders as cards: without any, the text says so, whatever they are grouped by. */
export class OrdersKanbanRenderer extends KanbanRenderer {
    get showNoContentHelper() {
        // Odoo leaves the place to who adds a column, which nobody does here.
        const { isGrouped, groups } = this.props.list;
        return super.showNoContentHelper || (isGrouped && !groups.length);
    }
}

registry.category("views").add("oms_orders_kanban", {
    ...kanbanView,
    Renderer: OrdersKanbanRenderer,
});
