-- When something was last said in a conversation is known to the list to ten seconds (src/inbox/list.ts): most messages of
-- a talk then change nothing that an index knows, and are written beside the old version if its page has room.
alter table conversations set (fillfactor = 70);
