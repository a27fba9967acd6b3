SELECT 1;
-- expect 1: begins with: -- :name
