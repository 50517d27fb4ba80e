-- The least that a posting needs to write: a counter, a document, its lines, a journal and its entries, by keys of
-- eight bytes, without foreign keys, checks, triggers, row-level security or any index but the primary keys.

create schema least;
create table least.series (id integer primary key, last_number integer not null) with (fillfactor = 50);
create sequence least.ids;
create table least.documents (id bigint primary key, number integer, contact_id bigint, dated_on date,
                              taxable numeric(18, 2), tax numeric(18, 2), total numeric(18, 2));
create table least.lines (document_id bigint, position integer, item_id bigint, quantity numeric(18, 6),
                          rate numeric(18, 6), taxable numeric(18, 2), tax numeric(18, 2),
                          primary key (document_id, position));
create table least.journals (id bigint primary key, document_id bigint, entry_on date, total numeric(18, 2));
create table least.entries (journal_id bigint, position integer, account_id bigint, debit numeric(18, 2),
                            credit numeric(18, 2), primary key (journal_id, position));
insert into least.series values (1, 0);
