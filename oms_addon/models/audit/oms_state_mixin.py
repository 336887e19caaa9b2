"""The one mover of state tables."""

from odoo import models
from odoo.exceptions import UserError


class OmsStateMixin(models.AbstractModel):
    """A model whose ``state`` follows a table of what may come after what."""

    _name = "oms.state.mixin"
    _description = "State Table"

    #: the states that may follow each state: ``{"open": ("closed",), "closed": ()}``
    _TRANSITIONS = {}

    def _set_state(self, state, **values):
        """Move records to a state of the table; those in it already stay as they are.

        :param str state: the state to reach
        :param values: more fields to write on the records that move
        :return: the records that moved
        :raise UserError: when the table does not allow the move; no record has moved then
        """
        moving = self.filtered(lambda record: record.state != state)
        for record in moving - moving._movable_to(state):
            raise UserError(record._refused_move(state))
        if moving:
            moving.sudo().write({"state": state, **values})
        return moving

    def _advance_to(self, state, **values):
        """Move the records that the table allows to move; the others are further already.

        For effects that two sources report in any order. See ``_set_state``.
        """
        return self._movable_to(state)._set_state(state, **values)

    def _movable_to(self, state):
        """:return: the records that may move to a state"""
        return self.filtered(lambda record: state in self._TRANSITIONS[record.state])

    def _refused_move(self, state):
        """:return: the sentence that refuses a move"""
        self.ensure_one()
        return self.env._(
            "%(record)s is %(now)s and cannot become %(then)s.",
            record=self.display_name,
            now=self._state_label(),
            then=self._state_label(state),
        )

    def _state_label(self, state=None):
        """:return: a state as people read it: of the record unless one is given"""
        labels = dict(self._fields["state"]._description_selection(self.env))
        return labels[state or self.state]
