"""Bundle what browsers load, once for all tests that open one; run by `odoo_program.py`."""


def main(env, _args):
    """Keep the bundles of a database as attachments; a test that makes one takes it back."""
    return {"bundles": len(env["ir.qweb"]._pregenerate_assets_bundles())}
