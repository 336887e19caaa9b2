"""Real races: processes of their own, with real commits, on a copy of the test database.

    class TestRace(RaceCase):
        def test_two_at_once(self):
            ids = self.commit(lambda env: env["x"].create(...).ids)
            results = self.run_parallel([lambda env: …, lambda env: …])

The copy is made of the database the tests run on and dropped at the end, so nothing that
is committed here is seen by any other test.
"""

import multiprocessing
import os
import shutil
import subprocess
import sys
import time
import traceback
import unittest
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tests import tagged
from odoo.tests.common import get_db_name
from odoo.tools import config

FORK = multiprocessing.get_context("fork")
MAX_TRIES = 200
TIMEOUT_SECONDS = 120


@tagged("standard", "post_install", "-at_install")
class RaceCase(unittest.TestCase):
    """A test whose transactions are real and run side by side."""

    test_class = "RaceCase"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database = f"{get_db_name()}_race_{os.getpid()}"
        cls.addClassCleanup(cls._drop)
        cls._make_database()

    @classmethod
    def _make_database(cls):
        source = get_db_name()
        # A database is copied when nobody is connected to it.
        sql_db.close_db(source)
        cls._sql(f'CREATE DATABASE "{cls.database}" TEMPLATE "{source}"')
        # While tests are enabled, loading a registry would run the tests of every add-on.
        with patch.dict(config.options, {"test_enable": False}):
            cls.registry = Registry(cls.database)

    @classmethod
    def _sql(cls, statement):
        """Run one statement outside any transaction, on the server's own database."""
        _name, info = sql_db.connection_info_for("postgres")
        connection = psycopg2.connect(**info)
        try:
            connection.autocommit = True
            connection.cursor().execute(statement)
        finally:
            connection.close()

    @classmethod
    def _drop(cls):
        Registry.delete(cls.database)
        sql_db.close_db(cls.database)
        cls._sql(f'DROP DATABASE IF EXISTS "{cls.database}" WITH (FORCE)')
        shutil.rmtree(config.filestore(cls.database), ignore_errors=True)

    @classmethod
    def commit(cls, work):
        """Run ``work(env)`` in a transaction of its own and commit it.

        :return: what it returned
        """
        return run_committed(cls.registry, work)

    @classmethod
    def run_odoo(cls, *arguments, program=None):
        """Run Odoo's command line on the copy in a process of its own.

        :param str program: what a shell reads
        :return: what it printed
        """
        result = subprocess.run(
            [sys.executable, "-m", "odoo", *arguments, "-c", config["config"]]
            + ["-d", cls.database, "--no-http", "--max-cron-threads=0"],
            input=program,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        if result.returncode:
            raise AssertionError(result.stderr[-3000:])
        return result.stdout

    def run_parallel(self, jobs):
        """Run ``job(env)`` of each job in a process of its own, all at the same moment.

        A transaction that met a concurrent change begins again, as in a request or a lane.

        :param list jobs: callables taking an environment
        :return: what each returned, or the exception it raised as ``(type name, text)``
        :rtype: list
        """
        barrier, results = FORK.Barrier(len(jobs)), FORK.SimpleQueue()
        processes = [
            FORK.Process(target=_child, args=(self.registry, barrier, results, place, job))
            for place, job in enumerate(jobs)
        ]
        for process in processes:
            process.start()
        answers = dict(results.get() for _process in processes)
        for process in processes:
            process.join(TIMEOUT_SECONDS)
        return [answers[place] for place in range(len(jobs))]


def run_committed(registry, work):
    """Run work in transactions of its own until one could be committed."""
    for attempt in range(MAX_TRIES):
        with registry.cursor() as cr:
            try:
                result = work(api.Environment(cr, SUPERUSER_ID, {}))
                cr.flush()
                cr.commit()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                cr.rollback()
                time.sleep(0.001 * min(attempt, 20))
            else:
                return result
    raise AssertionError(f"still in conflict after {MAX_TRIES} tries")


def separate(registry):
    """Connect a forked process anew: its parent's connections are not its to use or close."""
    sql_db._Pool = sql_db._Pool_readonly = None
    registry._db = sql_db.db_connect(registry.db_name)
    registry._db_readonly = None


def _child(registry, barrier, results, place, job):
    """Be one process of a race."""
    try:
        separate(registry)
        barrier.wait(TIMEOUT_SECONDS)
        results.put((place, run_committed(registry, job)))
    except BaseException as error:  # noqa: BLE001 - told to the parent
        if not hasattr(error, "args") or type(error).__module__ == "builtins":
            traceback.print_exc()
        results.put((place, (type(error).__name__, str(error))))
    finally:
        # Nothing of the parent's tests is to be cleaned up by us.
        os._exit(0)
