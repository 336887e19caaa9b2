"""The seal of the audit trail, and what shows that somebody changed or cut it."""

import hashlib
import json
import logging
import os
import secrets
from functools import partial
from pathlib import Path

from odoo import api, fields, models
from odoo.tools import SQL, config

_logger = logging.getLogger(__name__)

#: how many events are sealed, or verified, at a time
BATCH = 5000
#: marks seals that cover who wrote the event in the database, too
WITH_WRITER = "2:"
#: marks seals that cover the digest of the texts, which stays when the texts are erased
WITH_TEXTS = "3:"


class OmsEvent(models.Model):
    """Each event of a company is sealed over the one before. How many there are and the last seal
    are kept outside the database, in a file beside its attachments, so that a chain whose end was
    cut off, or that was made anew, is not taken for whole.
    """

    _inherit = "oms.event"

    # === ACTION METHODS === #

    def action_verify(self):
        """Verify the audit trail of the user's companies, and say what came of it."""
        self.check_access("read")
        problems = [
            f"{company.name}: {problem}"
            for company in self.env.companies
            if (problem := self._verify(company))
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if problems else "success",
                "sticky": bool(problems),
                "message": "\n".join(problems)
                or self.env._("The audit trail is complete: no event was changed or removed."),
            },
        }

    # === SEAL === #

    @api.model
    def _seal(self, limit=BATCH):
        """Chain the events that are not sealed yet, oldest first, company by company.

        Written by one lane only, so that recording an event never waits for another.

        :param int limit: how many events at most
        :return: how many were sealed
        :rtype: int
        """
        self.env.cr.execute("SELECT pg_advisory_xact_lock(hashtext('oms.event.seal'))")
        events = self.search([("digest", "=", False)], order="company_id, id", limit=limit)
        seals, heads = [], {}
        for company, of_company in events.grouped("company_id").items():
            last = self._last_sealed(company)
            problem = self._verify_head(company, last)
            previous, position = last.digest or "", last.position
            for event in of_company:
                salt = secrets.token_hex(16)
                texts = event._digest_texts(salt)
                previous, position = event._digest_after(previous, texts), position + 1
                seals.append(SQL("(%s, %s, %s, %s, %s)", event.id, position, previous, salt, texts))
            if problem:
                _logger.error("Audit trail of %s: %s", company.name, problem)
            else:
                heads[str(company.id)] = {"position": position, "digest": previous}
        if seals:
            self._write_seals(seals)
            events.invalidate_recordset(["digest", "position", "salt", "text_digest"], flush=False)
            self.env.cr.postcommit.add(partial(self._anchor, heads))
        return len(seals)

    @api.model
    def _write_seals(self, seals):
        """:param list seals: ``SQL`` of (id, position, digest, salt, digest of the texts)"""
        self.env.cr.execute(
            SQL(
                """UPDATE oms_event
                   SET digest = sealed.digest, position = sealed.position,
                       salt = sealed.salt, text_digest = sealed.text_digest
                   FROM (VALUES %s) AS sealed (id, position, digest, salt, text_digest)
                   WHERE oms_event.id = sealed.id""",
                SQL(", ").join(seals),
            )
        )

    @api.model
    def _last_sealed(self, company):
        """:return: the last sealed event of a company, or an empty recordset"""
        return self.search(
            [("company_id", "=", company.id), ("digest", "!=", False)],
            order="position desc",
            limit=1,
        )

    def _digest_texts(self, salt):
        """:return: the digest of the texts of this event, which nobody can guess them by"""
        return self._digest_of(
            [salt, self.name, self.before or "", self.after or "", self.actor or ""]
        )

    def _digest_after(self, previous, texts):
        """:param str texts: the digest of its texts
        :return: the seal of this event that follows the one sealed ``previous``
        """
        self.ensure_one()
        content = [
            previous,
            self.id,
            self.company_id.id,
            self.res_model,
            self.res_id,
            self.order_ref or "",
            self.channel_id.id,
            self.code,
            texts,
            fields.Datetime.to_string(self.happened_at),
            self.create_uid.id,
        ]
        return WITH_TEXTS + self._digest_of(content)

    def _digest_of_before(self, previous, has_writer=True):
        """:return: the seal as it was made before the texts had a digest of their own"""
        self.ensure_one()
        content = [
            previous,
            self.id,
            self.company_id.id,
            self.res_model,
            self.res_id,
            self.order_ref or "",
            self.channel_id.id,
            self.code,
            self.name,
            self.before or "",
            self.after or "",
            self.actor or "",
            fields.Datetime.to_string(self.happened_at),
        ]
        if not has_writer:
            return self._digest_of(content)
        return WITH_WRITER + self._digest_of([*content, self.create_uid.id])

    @api.model
    def _digest_of(self, content):
        """:return: the SHA-256 of JSON-able content"""
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    # === ANCHOR === #

    @api.model
    def _anchor_path(self):
        """:return: the file that says how long the chains are and what they end with"""
        return Path(config.filestore(self.env.cr.dbname)) / "oms_event_heads.json"

    @api.model
    def _anchored(self):
        """:return: position and digest of the last event that was sealed, by company id"""
        try:
            return json.loads(self._anchor_path().read_text())
        except (FileNotFoundError, ValueError):
            return {}

    @api.model
    def _anchor(self, heads):
        """Keep the heads of chains outside the database, and in the server's log.

        :param dict heads: position and digest by company id
        """
        path = self._anchor_path()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(".new")
            draft.write_text(json.dumps({**self._anchored(), **heads}))
            os.replace(draft, path)
        except OSError:
            _logger.exception("The heads of the audit trail could not be kept in %s", path)
        for company, head in heads.items():
            _logger.info(
                "Audit trail of company %s: %s events, %s",
                company,
                head["position"],
                head["digest"],
            )

    # === VERIFICATION === #

    @api.model
    def _verify(self, company):
        """Verify the whole trail of a company.

        :param company: a ``res.company`` record
        :return: what is wrong, in words; empty where nothing is
        :rtype: str
        """
        wrong = self._verify_chain(company)
        if wrong:
            return self.env._(
                "Event %(position)s of %(date)s does not match the previous event: it was "
                "changed, or events before it were removed.",
                position=wrong.position,
                date=fields.Datetime.to_string(wrong.happened_at),
            )
        return self._verify_head(company, self._last_sealed(company))

    @api.model
    def _verify_head(self, company, last):
        """:param last: the last sealed event of the company
        :return: whether the chain is shorter or another than was sealed, in words
        :rtype: str
        """
        head = self._anchored().get(str(company.id))
        if not head:
            return ""
        at = last
        if last.position > head["position"]:
            at = self.search(
                [("company_id", "=", company.id), ("position", "=", head["position"])], limit=1
            )
        if at.position == head["position"] and at.digest == head["digest"]:
            return ""
        return self.env._(
            "%(sealed)s events were sealed, but the audit trail ends differently: it has "
            "%(count)s events. If the database was restored from a backup, remove the file "
            "%(path)s on the server.",
            sealed=head["position"],
            count=last.position,
            path=self._anchor_path().name,
        )

    @api.model
    def _verify_chain(self, company):
        """Recompute the chain of a company.

        :param company: a ``res.company`` record
        :return: the first event whose seal is wrong or that does not follow the one before, or an
            empty recordset
        """
        previous, position = "", 0
        while True:
            events = self.search(
                [
                    ("company_id", "=", company.id),
                    ("digest", "!=", False),
                    ("position", ">", position),
                ],
                order="position",
                limit=BATCH,
            )
            erased = self._erased_ids(events)
            for event in events:
                if event.position != position + 1 or not event._is_sealed(previous, erased):
                    return event
                previous, position = event.digest, event.position
            if not events:
                return events
            events.invalidate_recordset(flush=False)

    def _is_sealed(self, previous, erased):
        """Verify one event.

        :param str previous: the seal of the event before
        :param set erased: ids of events that the trail says were erased
        :return: whether its seal is right
        """
        if self.erased_at and self.id not in erased:
            return False
        if not self.digest.startswith(WITH_TEXTS):
            # The seal of an erased one was over its texts: it is known by the next one alone.
            has_writer = self.digest.startswith(WITH_WRITER)
            return bool(self.erased_at) or self.digest == self._digest_of_before(
                previous, has_writer
            )
        salt = self.sudo().salt
        if not self.erased_at and self.text_digest != self._digest_texts(salt):
            return False
        return self.digest == self._digest_after(previous, self.text_digest)
