-- a copy of the database never talks to a channel
UPDATE oms_channel
   SET state = 'paused', api_key = NULL, api_secret = NULL, webhook_secret = NULL,
       base_url = NULL, webhooks_state = 'none'
 WHERE TRUE;
UPDATE oms_channel_message
   SET state = 'ignored', error = 'Not sent: this database is a neutralised copy.'
 WHERE direction = 'out' AND state = 'pending';
