-- Warnings in people's hands: how a rule's warnings are sent.

ALTER TABLE rule_version ADD COLUMN send text NOT NULL DEFAULT 'review'; -- review (a person looks first), at_once (the program sends yellow and orange; red is always sent by a person)
