-- Each message moves its conversation up the list, and so pays for every index that knows active_at or stands on this
-- table: one index by status serves "open", "closed" and, merged, "all". Whose a conversation is, identities tell.
drop index conversations_by_activity;
drop index conversations_open;
drop index conversations_of_contact;
create index conversations_by_status on conversations (workspace_id, status, active_at desc, id desc);
