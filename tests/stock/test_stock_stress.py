"""Faults 11, 12 and 41 at a size the suite bears; `./oms bench stress` runs the full one."""

from benchmarks import stress

from ..concurrency import RaceCase


class TestStockStress(RaceCase):
    def test_of_100_buyers_one_gets_the_unit_twice_faults_11_12(self):
        self.assertEqual(stress.buy_one(self.registry, rounds=2, buyers=100, processes=4), [1, 1])

    def test_a_busy_day_with_killed_workers_leaves_stock_that_adds_up_faults_41_61(self):
        result = stress.Storm(self.registry, operations=160, processes=4, kills=3).run()
        self.assertEqual(result["operations"], 160)
        self.assertEqual(result["killed_processes"], 3)
        self.assertGreater(result["samples"], 20)
        self.assertEqual(result["oversold_samples"], 0)
        self.assertEqual(result["first_differences"], [])
        self.assertGreater(sum(done > 0 for done in result["done"].values()), 10)
