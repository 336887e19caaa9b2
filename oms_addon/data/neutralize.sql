-- a copy of the database never talks to a channel
UPDATE oms_channel
   SET state = 'paused', api_key = NULL, api_secret = NULL, webhook_secret = NULL, tracking_secret = NULL,
       base_url = NULL, webhooks_state = 'none'
 WHERE TRUE;
UPDATE oms_channel_message
   SET state = 'ignored', error = 'Not sent: this database is a neutralised copy.'
 WHERE direction = 'out' AND state = 'pending';
-- what forms were filled in with, and files that were uploaded to them
DO $$
DECLARE form text;
BEGIN
    FOR form IN SELECT replace(model, '.', '_') FROM ir_model
                 WHERE transient AND model LIKE 'oms.%' ORDER BY length(model) DESC
    LOOP
        IF to_regclass(form) IS NOT NULL THEN
            EXECUTE format('DELETE FROM %I', form);
        END IF;
    END LOOP;
END $$;
-- what servers answered
DELETE FROM oms_channel_alert;
-- keys of shops would open the copy, too
DELETE FROM res_users_apikeys WHERE scope = 'oms' OR scope LIKE 'oms:%';
