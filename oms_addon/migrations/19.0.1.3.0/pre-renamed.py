"""Services, a dialog and buttons that got other names: records and stored views refer to them."""

MODELS = {
    "oms.put.back": "oms.restock",
    "oms.ship.together": "oms.combined.shipment",
    "oms.promise.teller": "oms.promise.notifier",
    "oms.arriving": "oms.incoming",
    "oms.allocation.words": "oms.allocation.explanation",
    "oms.allocation.rehearsal": "oms.allocation.simulation",
}
ACTIONS = {
    "action_oms_put_back": "action_oms_restocks",
    "action_looked_at": "action_clear_attention",
    "action_ask": "action_request",
}
RECORDS = {
    "oms_ship_together_menu": "oms_combined_shipment_menu",
    "oms_ship_together_action": "oms_combined_shipment_action",
}


def migrate(cr, version):
    """Rename them where they are stored. Rows of the dialog are temporary: its table is created
    again.
    """
    for old, new in MODELS.items():
        for table, column in (
            ("ir_model", "model"),
            ("ir_model_fields", "model"),
            ("ir_model_fields", "relation"),
            ("ir_ui_view", "model"),
            ("ir_act_window", "res_model"),
        ):
            cr.execute(f"UPDATE {table} SET {column} = %s WHERE {column} = %s", (new, old))
        names = old.replace(".", "_"), new.replace(".", "_")
        cr.execute(
            """UPDATE ir_model_data SET name = replace(name, %s, %s)
               WHERE module = 'oms_addon' AND (name = %s OR name LIKE %s)""",
            (*names, f"model_{names[0]}", rf"field\_{names[0]}\_\_%"),
        )
    cr.execute(
        """UPDATE ir_model_data
           SET name = replace(name, 'oms_allocation_rehearsal', 'oms_allocation_simulation')
           WHERE module = 'oms_addon' AND name LIKE '%oms_allocation_rehearsal%'"""
    )
    for old, new in RECORDS.items():
        cr.execute(
            "UPDATE ir_model_data SET name = %s WHERE module = 'oms_addon' AND name = %s",
            (new, old),
        )
    cr.execute(
        """DROP TABLE IF EXISTS oms_allocation_rehearsal_oms_allocation_run_rel;
           DROP TABLE IF EXISTS oms_allocation_rehearsal CASCADE"""
    )
    for old, new in ACTIONS.items():
        cr.execute(
            """UPDATE ir_ui_view SET arch_db = replace(arch_db::text, %s, %s)::jsonb
               WHERE arch_db::text LIKE %s
                 AND id IN (SELECT res_id FROM ir_model_data
                            WHERE module = 'oms_addon' AND model = 'ir.ui.view')""",
            (f'name=\\"{old}\\"', f'name=\\"{new}\\"', f"%{old}%"),
        )
