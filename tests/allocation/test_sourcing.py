from odoo.tests import BaseCase, tagged

from odoo.addons.oms_addon.tools.sourcing import plan

A, B, C, D = range(1, 5)
MUG, POT = 10, 20


@tagged("standard", "post_install", "-at_install")
class TestSourcing(BaseCase):
    def test_the_first_warehouse_that_has_all_serves_the_whole_order(self):
        free = {(A, MUG): 5, (B, MUG): 5, (B, POT): 1}
        result = plan([(1, MUG, 2), (2, POT, 1)], free, [A, B])
        self.assertEqual(result.shares, {1: {B: 2}, 2: {B: 1}})
        self.assertEqual(result.main, B)
        self.assertEqual(free, {(A, MUG): 5, (B, MUG): 3, (B, POT): 0})

    def test_what_no_warehouse_has_alone_comes_from_the_fewest(self):
        free = {(A, MUG): 1, (B, POT): 1, (C, MUG): 1, (D, MUG): 1, (D, POT): 0}
        result = plan([(1, MUG, 1), (2, POT, 1)], free, [A, B, C, D])
        self.assertEqual(result.shares, {1: {A: 1}, 2: {B: 1}})

    def test_a_line_is_split_only_when_no_warehouse_has_all_of_it(self):
        free = {(A, MUG): 3, (B, MUG): 4}
        result = plan([(1, MUG, 5)], free, [A, B])
        self.assertEqual(result.shares, {1: {A: 3, B: 2}})
        self.assertFalse(result.missing)

    def test_what_is_nowhere_waits_at_the_first_warehouse_of_the_order(self):
        free = {(B, MUG): 2}
        result = plan([(1, MUG, 5), (2, POT, 1)], free, [A, B])
        self.assertEqual(result.main, B)
        self.assertEqual(result.shares, {1: {B: 5}, 2: {B: 1}})
        self.assertEqual(result.missing, {MUG: 3, POT: 1})

    def test_with_nothing_anywhere_the_first_candidate_waits(self):
        result = plan([(1, MUG, 1)], {(A, MUG): -4}, [B, A])
        self.assertEqual((result.main, result.shares), (B, {1: {B: 1}}))

    def test_two_lines_of_one_product_are_summed_fault_13(self):
        result = plan([(1, MUG, 1), (2, MUG, 1)], {(A, MUG): 1}, [A])
        self.assertEqual(result.missing, {MUG: 1})

    def test_a_claim_of_an_earlier_order_leaves_nothing_to_take(self):
        free = {(A, MUG): -3, (B, MUG): 1}
        result = plan([(1, MUG, 1)], free, [A, B])
        self.assertEqual(result.shares, {1: {B: 1}})

    def test_many_candidates_are_served_by_few(self):
        free = {(w, 100 + w): 1 for w in range(1, 13)}
        free.update({(99, 100 + w): 1 for w in range(1, 12)})
        lines = [(w, 100 + w, 1) for w in range(1, 13)]
        result = plan(lines, free, [*range(1, 13), 99])
        self.assertEqual(set(result.warehouses), {12, 99})

    def test_fractions_leave_no_dust(self):
        free = {(A, MUG): 0.3, (B, MUG): 1}
        result = plan([(1, MUG, 0.1), (2, MUG, 0.2)], free, [A, B])
        self.assertEqual(result.shares, {1: {A: 0.1}, 2: {A: 0.2}})
        self.assertFalse(result.missing)
