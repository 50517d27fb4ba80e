-- Fills a book with posted invoices of five lines each, in the shape that the server itself writes: documents, lines,
-- journals, balances, counters, audit trail and events. Triggers rest meanwhile, so what they would do is done here.
-- Invoices are numbered from 0 by n; their ids sort before all that the server makes later.

set local session_replication_role = replica;

create temporary table customers on commit drop as
select row_number() over (order by id) - 1 as position, *
  from contacts
 where organization_id = %(organization_id)s;

create temporary table wares on commit drop as
select row_number() over (order by item.id) - 1 as position,
       item.*,
       home.name as home_tax_name,
       away.id as away_tax_id,
       away.name as away_tax_name,
       home.tax_percentage
  from items as item
  join taxes as home on home.id = item.tax_id
  join taxes as away on away.name = 'I' || home.name and away.shape = 'INTER_STATE' and away.effective_to is null
 where item.organization_id = %(organization_id)s;

create temporary table heads on commit drop as
select n,
       'inv_' || lpad(n::text, 10, '0') || left(md5('invoice' || n), 16) as id,
       'je_' || lpad(n::text, 10, '0') || left(md5('journal' || n), 16) as journal_id,
       case when %(still_open)s::int is null then mod(n, 10) < 3
            else n >= %(invoices)s - %(still_open)s
       end as is_open,
       dated_on,
       dated_on + time '04:30' at time zone 'UTC' + (n + 1) * interval '1 microsecond' as written_at,
       to_char(dated_on - interval '3 months', 'YYYY') || to_char(dated_on + interval '9 months', '-YY') as year,
       customer.id as contact_id,
       customer.contact_name,
       customer.gst_treatment,
       customer.gst_no,
       customer.place_of_contact,
       customer.payment_terms,
       customer.billing_address,
       customer.place_of_contact <> branch.state_code as is_interstate,
       branch.id as branch_id,
       branch.gst_no as number_scope
  from (select n, %(last_on)s::date - %(days)s + 1 + (n::bigint * %(days)s / %(invoices)s)::int as dated_on
          from generate_series(0, %(invoices)s - 1) as n) as numbered
  join customers as customer on customer.position = mod(n * 7, (select count(*) from customers))
  join branches as branch on branch.organization_id = %(organization_id)s and branch.is_primary;

create temporary table sold on commit drop as
select line.*,
       case when is_interstate then 0 else round(taxable * tax_percentage / 200, 2) end as half,
       case when is_interstate then round(taxable * tax_percentage / 100, 2) else 0 end as igst
  from (select n, head.id as document_id, step, is_interstate, ware.*,
               1 + mod(n + step, 9) as quantity,
               round((1 + mod(n + step, 9)) * ware.rate, 2) as taxable
          from heads as head
         cross join generate_series(1, 5) as step
          join wares as ware on ware.position = mod(n * 11 + step * 37, (select count(*) from wares))) as line;

create temporary table sums on commit drop as
with rates as (
  select n, tax_percentage, min(case when is_interstate then away_tax_name else home_tax_name end) as tax_name,
         sum(taxable) as taxable, sum(half) as half, sum(igst) as igst
    from sold
   group by n, tax_percentage
), totals as (
  select n, sum(taxable) as taxable, sum(half) as half, sum(igst) as igst,
         jsonb_agg(jsonb_build_object(
           'tax_name', tax_name, 'tax_percentage', trim_scale(tax_percentage), 'taxable_amount', taxable,
           'cgst_amount', half, 'sgst_amount', half, 'igst_amount', igst, 'cess_amount', 0.00)) as taxes
    from rates
   group by n
)
select totals.*, half + half + igst as tax, round(taxable + half + half + igst) as total,
       round(taxable + half + half + igst) - (taxable + half + half + igst) as round_off
  from totals;

create temporary table posted on commit drop as
select head.*, taxable, half, igst, tax, taxes, total, round_off,
       replace(prefix, '{FY}', substr(year, 3)) as series,
       row_number() over (partition by year order by n) as serial
  from heads as head
  join sums using (n)
 cross join (select prefixes ->> 'invoice' as prefix
               from branches
              where organization_id = %(organization_id)s and is_primary) as branch;

insert into documents
       (organization_id, id, kind, status, branch_id, contact_id, contact_name, number, number_scope, financial_year,
        dated_on, due_on, payment_terms, place_of_supply, supply_type, gst_treatment, gst_no, currency_code,
        exchange_rate, is_inclusive_tax, is_reverse_charge, is_export_with_payment, is_opening_balance, sub_total,
        discount_total, taxable_total, cgst_total, sgst_total, igst_total, cess_total, tax_total, untaxed_charges,
        round_off, total, payment_made, amount_credited, balance, taxes, billing_address, custom_fields, journal_id,
        approved_at, created_by, version, created_at, modified_at)
select %(organization_id)s, id, 'INVOICE', case when is_open then 'SENT' else 'PAID' end, branch_id, contact_id,
       contact_name, series || lpad(serial::text, greatest(4, length(serial::text)), '0'), number_scope, year,
       dated_on, dated_on + payment_terms, payment_terms, place_of_contact,
       case when is_interstate then 'INTER_STATE' else 'INTRA_STATE' end, gst_treatment, gst_no, 'INR',
       1, false, false, false, false, taxable,
       0, taxable, half, half, igst, 0, tax, 0,
       round_off, total, case when is_open then 0 else total end, 0, case when is_open then total else 0 end, taxes,
       billing_address, '{}', journal_id, written_at, %(user_id)s, 2, written_at, written_at
  from posted
 order by n;

insert into document_lines
       (organization_id, document_id, id, position, item_id, account_id, name, hsn_or_sac, quantity, unit, unit_code,
        rate, tax_id, tax_name, tax_category, tax_percentage, cess_percentage, item_total, taxable_amount,
        cgst_amount, sgst_amount, igst_amount, cess_amount)
select %(organization_id)s, document_id, 'li_' || lpad((n * 5 + step)::text, 10, '0') || left(md5('line' || n), 16),
       step, id, %(sales)s, item_name, hsn_or_sac, quantity, unit, unit_code, rate,
       case when is_interstate then away_tax_id else tax_id end,
       case when is_interstate then away_tax_name else home_tax_name end,
       'TAXABLE', tax_percentage, 0, taxable, taxable, half, half, igst, 0
  from sold
 order by n, step;

create temporary table entries on commit drop as
select n, journal_id, dated_on, branch_id, entry.*
  from posted
 cross join lateral (values
       (1, %(receivables)s, contact_id, total, 0),
       (2, %(sales)s, null, 0, taxable),
       (3, case when is_interstate then %(igst)s else %(cgst)s end, null, 0, half + igst),
       (4, %(sgst)s, null, 0, half),
       (5, %(round_off)s, null, greatest(-round_off, 0), greatest(round_off, 0))
       ) as entry(position, account_id, contact_id, debit, credit)
 where debit + credit > 0;

insert into journals
       (organization_id, id, entry_on, branch_id, source_type, source_id, reference, narration, line_count, total,
        posted_at, posted_by)
select %(organization_id)s, journal_id, dated_on, branch_id, 'DOCUMENT', id,
       series || lpad(serial::text, greatest(4, length(serial::text)), '0'), contact_name,
       3 + (half > 0)::int + (round_off <> 0)::int, greatest(total, total - round_off), written_at, %(user_id)s
  from posted
 order by n;

insert into journal_lines
       (organization_id, journal_id, position, account_id, entry_on, branch_id, contact_id, debit, credit)
select %(organization_id)s, journal_id, position, account_id, dated_on, branch_id, contact_id, debit, credit
  from entries
 order by n, position;

-- What was paid, day by day: so that receivables come to what is open.
create temporary table receipts on commit drop as
select 'je_' || to_char(dated_on, 'YYYYMMDD') || left(md5('receipts' || dated_on), 18) as journal_id,
       dated_on, branch_id, sum(total) as total, max(written_at) as written_at
  from posted
 where not is_open
 group by dated_on, branch_id;

insert into journals
       (organization_id, id, entry_on, branch_id, source_type, source_id, reference, narration, line_count, total,
        posted_at, posted_by)
select %(organization_id)s, journal_id, dated_on, branch_id, 'MANUAL', null, null, 'Receipts of the day', 2,
       total, written_at, %(user_id)s
  from receipts;

create temporary table settled on commit drop as
select journal_id, dated_on, branch_id, entry.*
  from receipts
 cross join lateral (values
       (1, %(cash)s, total, 0),
       (2, %(receivables)s, 0, total)
       ) as entry(position, account_id, debit, credit);

insert into journal_lines (organization_id, journal_id, position, account_id, entry_on, branch_id, debit, credit)
select %(organization_id)s, journal_id, position, account_id, dated_on, branch_id, debit, credit
  from settled;

insert into account_balances (organization_id, account_id, branch_id, begins_on, slot, debit, credit)
select %(organization_id)s, account_id, branch_id, third_of_month(dated_on), 0, sum(debit), sum(credit)
  from (select account_id, branch_id, dated_on, debit, credit from entries
        union all
        select account_id, branch_id, dated_on, debit, credit from settled) as posting
 group by account_id, branch_id, third_of_month(dated_on);

insert into number_counters (organization_id, branch_id, document_kind, prefix, last_number)
select %(organization_id)s, branch_id, 'INVOICE', series, max(serial)
  from posted
 group by branch_id, series;

create temporary table told on commit drop as
select n, act.*, 'evt_' || lpad((n * 2 + step)::text, 10, '0') || left(md5('event' || n), 16) as id,
       posted.id as invoice_id, written_at,
       jsonb_build_object('id', posted.id, 'number', number, 'status', status, 'total', total,
                          'contact_id', contact_id, 'date', dated_on) as summary
  from posted
 cross join lateral (values
       (0, 'INVOICE_CREATED', 'DRAFT', null),
       (1, 'INVOICE_APPROVED', 'SENT', series || lpad(serial::text, greatest(4, length(serial::text)), '0'))
       ) as act(step, action, status, number);

insert into activity
       (organization_id, id, action, entity_type, entity_id, entity_ref, actor_user_id, changes, metadata, occurred_at)
select %(organization_id)s, id, action, 'INVOICE', invoice_id, number, %(user_id)s, '{}',
       jsonb_build_object('ip', '127.0.0.1', 'source', 'PAT', 'user_agent', 'book', 'request_id', id), written_at
  from told
 order by id;

insert into events (organization_id, id, event_type, entity_type, entity_id, summary, occurred_at)
select %(organization_id)s, id, action, 'INVOICE', invoice_id, summary, written_at
  from told
 order by id;
