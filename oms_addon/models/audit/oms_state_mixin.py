"""Mixin for states with a table of allowed transitions."""

from odoo import models
from odoo.exceptions import UserError


class OmsStateMixin(models.AbstractModel):
    """A model whose ``state`` changes only as its transition table allows."""

    _name = "oms.state.mixin"
    _description = "State Table"

    #: allowed next states by state: ``{"open": ("closed",), "closed": ()}``
    _TRANSITIONS = {}

    def _set_state(self, state, **values):
        """Move records to a state; those already in it are skipped.

        :param str state: the new state
        :param values: further values to write on the moved records
        :return: the moved records
        :raise UserError: if a transition is not allowed; no record is changed then
        """
        moving = self.filtered(lambda record: record.state != state)
        for record in moving - moving._movable_to(state):
            raise UserError(record._refused_move(state))
        if moving:
            moving.sudo().write({"state": state, **values})
        return moving

    def _advance_to(self, state, **values):
        """Move only the records whose transition is allowed; the others are skipped.

        For effects that two sources report in any order. See ``_set_state``.
        """
        return self._movable_to(state)._set_state(state, **values)

    def _movable_to(self, state):
        """:return: the records whose transition to a state is allowed"""
        return self.filtered(lambda record: state in self._TRANSITIONS[record.state])

    def _refused_move(self, state):
        """:return: the message for a transition that is not allowed"""
        self.ensure_one()
        return self.env._(
            "%(record)s is %(now)s and cannot become %(then)s.",
            record=self.display_name,
            now=self._state_label(),
            then=self._state_label(state),
        )

    def _state_label(self, state=None):
        """:return: the label of a state, by default the record's"""
        labels = dict(self._fields["state"]._description_selection(self.env))
        return labels[state or self.state]
