CREATE TRIGGER t AFTER INSERT ON setting BEGIN SELECT 1; END;
-- expect 1: portable subset
