"""Work through lanes as Odoo's cron does, in a process that can be killed at any moment."""

import time

IDLE_SECONDS = 0.2


def main(env, args):
    """Run lanes in turns, for ever.

    :param args: the lanes' codes; ``--tell`` prints a line when all is loaded
    """
    if "--tell" in args:
        args = [code for code in args if code != "--tell"]
        env["oms.lane"]._runners()
        print("up", flush=True)
    while True:
        before = time.monotonic()
        for code in args:
            # Every run begins with a fresh view of what is there.
            env.cr.rollback()
            env.transaction.reset()
            env["oms.lane"]._cron_run(code)
            env.cr.commit()
        if time.monotonic() - before < IDLE_SECONDS:
            time.sleep(IDLE_SECONDS)
