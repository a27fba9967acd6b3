-- What the audit administrator looks at.

-- :journal_page_rows
-- Readings and refusals, newest first. denied: 1 refusals only, 0 readings only, -1 both.
SELECT j.id, j.at, j.account, a.name AS "name:text?", j.what, j.unit, j.subject, j.denied, j.address, COALESCE(r.seq, -1) AS "seq:int"
  FROM read_journal j LEFT JOIN account a ON a.code = j.account LEFT JOIN record r ON r.id = j.record_id
 WHERE ($account:text = '' OR j.account = $account) AND ($denied:int < 0 OR j.denied = $denied)
   AND j.at >= $from:time AND j.at < $until:time
 ORDER BY j.at DESC, j.id DESC LIMIT $max:int OFFSET $skip:int;

-- :journal_page_count
-- How many of them there are, counted up to max: from the index read_journal_at alone, which has every column asked for.
SELECT count(*) AS "n:int" FROM
 (SELECT id FROM read_journal
   WHERE ($account:text = '' OR account = $account) AND ($denied:int < 0 OR denied = $denied)
     AND at >= $from:time AND at < $until:time
   ORDER BY at DESC, id DESC LIMIT $max:int) AS newest;

-- :acts_page_rows
-- What people did, newest first; the reports of a computation go with it.
SELECT r.id, r.at, r.by_account, a.name AS "name:text?", r.kind, r.unit, r.subject, COALESCE(r.seq, -1) AS "seq:int"
  FROM record r LEFT JOIN account a ON a.code = r.by_account
 WHERE r.by_account <> '' AND r.kind <> 'report.made' AND ($account:text = '' OR r.by_account = $account) AND r.at >= $from:time AND r.at < $until:time
 ORDER BY r.id DESC LIMIT $max:int OFFSET $skip:int;

-- :acts_page_count
-- How many of them there are, counted up to max.
SELECT count(*) AS "n:int" FROM
 (SELECT id FROM record
   WHERE by_account <> '' AND kind <> 'report.made' AND ($account:text = '' OR by_account = $account)
     AND at >= $from:time AND at < $until:time
   ORDER BY id DESC LIMIT $max:int) AS newest;
