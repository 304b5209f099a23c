-- PostgreSQL's own upkeep was a fifteenth of the work while messages pour in.

-- Nobody looks for these by value, so nobody needs to know which are frequent. The grams of 30,000 names took a second;
-- find_contacts says itself which index is to be used.
alter table messages alter column parts set statistics 0, alter column words set statistics 0, alter column meta set statistics 0,
  alter column failure set statistics 0, alter column reactions set statistics 0, alter column author_name set statistics 0;
alter table conversations alter column last_message set statistics 0;
alter table changes alter column refs set statistics 0;
alter table amendments alter column payload set statistics 0;
alter index contacts_by_name alter column 1 set statistics 0;
alter index identities_by_words alter column 1 set statistics 0;

-- What was only added to leaves nothing to clean up: a table that doubles each minute is not gone through each time.
alter table deliveries set (autovacuum_vacuum_insert_threshold = 1000000, autovacuum_analyze_scale_factor = 0.5);
alter table messages set (autovacuum_vacuum_insert_threshold = 200000);
