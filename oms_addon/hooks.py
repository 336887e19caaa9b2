"""What the add-on undoes when it is removed."""


def uninstall_hook(env):
    """Drop what the ORM does not know of.

    :param env: the environment of the removal
    """
    env["payment.provider"]._oms_remove()
    env.cr.execute("DROP FUNCTION IF EXISTS oms_event_append_only() CASCADE")
