"""Sealing and verification of the audit trail."""

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

#: number of events sealed or verified at a time
BATCH = 5000
#: prefix of seals that also cover the event's ``create_uid``
WITH_WRITER = "2:"
#: prefix of seals over the digest of the texts, which is kept when the texts are erased
WITH_TEXTS = "3:"


class OmsEvent(models.Model):
    """Each event of a company is sealed with the seal of the previous one. The length of the chain
    and its last seal are also stored in a file beside the attachments, to detect chains that were
    truncated or rebuilt in the database.
    """

    _inherit = "oms.event"

    # === ACTION METHODS === #

    def action_verify(self):
        """Verify the audit trail of the user's companies and show the result."""
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
        """Seal the events that are not sealed yet, oldest first, by company.

        Only one background job writes seals, so that logging events never waits.

        :param int limit: maximum number of events
        :return: number of sealed events
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
        """:return: the salted digest of the texts of this event"""
        return self._digest_of(
            [salt, self.name, self.before or "", self.after or "", self.actor or ""]
        )

    def _digest_after(self, previous, texts):
        """:param str previous: the seal of the previous event
        :param str texts: the digest of this event's texts
        :return: the seal of this event
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
        """:return: the seal in the format used before texts had their own digest"""
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
        """:return: the SHA-256 of JSON-serializable content"""
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    # === ANCHOR === #

    @api.model
    def _anchor_path(self):
        """:return: the path of the file with the last position and digest of each chain"""
        return Path(config.filestore(self.env.cr.dbname)) / "oms_event_heads.json"

    @api.model
    def _anchored(self):
        """:return: position and digest of the last sealed event, by company id"""
        try:
            return json.loads(self._anchor_path().read_text())
        except (FileNotFoundError, ValueError):
            return {}

    @api.model
    def _anchor(self, heads):
        """Write the ends of the chains to the file and the server log.

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
        """Verify the complete audit trail of a company.

        :param company: a ``res.company`` record
        :return: the problem found, as text; '' if there is none
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
        :return: the problem if the chain differs from the stored end; '' if it does not
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
        :return: the first event with a wrong seal or position, or an empty recordset
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
        """Verify the seal of one event.

        :param str previous: the seal of the previous event
        :param set erased: ids of events logged as erased
        :return: whether the seal is valid
        """
        if self.erased_at and self.id not in erased:
            return False
        if not self.digest.startswith(WITH_TEXTS):
            # An old seal covers the texts: once erased, it is verified by the next event only.
            has_writer = self.digest.startswith(WITH_WRITER)
            return bool(self.erased_at) or self.digest == self._digest_of_before(
                previous, has_writer
            )
        salt = self.sudo().salt
        if not self.erased_at and self.text_digest != self._digest_texts(salt):
            return False
        return self.digest == self._digest_after(previous, self.text_digest)
