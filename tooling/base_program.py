"""Make a fresh database ready for accounting; run by `odoo_program.py`."""


def main(env, _args):
    """Load the generic chart of accounts where a company has none.

    A company without a country gets no chart at installation, and without one no
    invoice can be posted.
    """
    loaded = []
    for company in env["res.company"].search([]):
        if not company.chart_template:
            env["account.chart.template"].try_loading("generic_coa", company)
            loaded.append(company.name)
    return {"loaded": loaded}
