-- (A body's quotes are written $$$$, since $ begins a name in these scripts.)
-- How modelling tools and analysts write: models as tables and late-binding views, deduplication, sessions, pivots,
-- star-schema reports, procedures, roles, and files for others.

drop schema if exists modeling cascade;

create schema modeling;

create table modeling.orders (
    order_id integer not null encode az64,
    customer varchar(40) encode lzo,
    status varchar(10) default 'new' encode bytedict,
    amount decimal(12, 2) encode az64,
    ordered_at timestamp encode raw,
    loaded_at timestamp default getdate()
)
diststyle key distkey (customer) sortkey (ordered_at);

insert into modeling.orders (order_id, customer, status, amount, ordered_at) values
    (1, 'ada', 'new', 10.00, '2024-01-01 08:00:00'), (1, 'ada', 'paid', 10.00, '2024-01-01 09:30:00'),
    (2, 'ada', 'paid', 32.50, '2024-02-29 12:00:00'), (3, 'bob  ', 'new', 7.25, '2024-02-10 23:59:59'),
    (4, 'bob', 'paid', null, '2024-03-31 00:00:00'), (5, 'eve', 'void', 99.00, '2024-03-01 10:00:00');

-- deduplication: the latest state of each order
create temp table latest as
select * from modeling.orders as o
qualify row_number() over (partition by order_id order by ordered_at desc) = 1;

select order_id, status from latest order by order_id;
-- rows: [[1, "paid"], [2, "paid"], [3, "new"], [4, "paid"], [5, "void"]]

with ranked as (
    select customer, sum(amount) as spent, rank() over (order by spent desc nulls last) as place
    from latest group by customer
)
select * from ranked where place < 3 order by place;
-- rows: [["eve", 99.0, 1], ["ada", 42.5, 2]]

-- a model that comes before what it reads, as CREATE VIEW … WITH NO SCHEMA BINDING lets it
create or replace view modeling.order_facts as
select date_trunc('month', ordered_at)::date as month, customer, nvl(amount, 0) as amount,
    datediff(day, ordered_at, lead(ordered_at) ignore nulls over (partition by customer order by ordered_at)) as days_to_next
from modeling.clean_orders with no schema binding;

select count(*) from modeling.order_facts;
-- error: relation "modeling.clean_orders" does not exist

create table modeling.clean_orders sortkey (order_id) as select * from latest;

select month, customer, days_to_next from modeling.order_facts where customer = 'ada' order by month;
-- rows: [["2024-01-01", "ada", 59], ["2024-02-01", "ada", null]]

select * from (select rtrim(customer) as customer, to_char(ordered_at, 'Mon') as month, amount from modeling.clean_orders)
pivot (sum(amount) for month in ('Jan' as jan, 'Feb' as feb, 'Mar' as mar)) order by customer;
-- rows: [["ada", 10.0, 32.5, null], ["bob", null, 7.25, null], ["eve", null, null, 99.0]]

select name, value from (select order_id, 1 as jan, 2 as feb from modeling.clean_orders where order_id = 1)
unpivot (value for name in (jan, feb)) order by value;
-- rows: [["jan", 1], ["feb", 2]]

select nvl(to_char(ordered_at, 'YYYY-MM'), 'all') as month, count(*), sum(amount)
from modeling.clean_orders group by rollup (to_char(ordered_at, 'YYYY-MM')) order by 1;
-- rows: [["2024-01", 1, 10.0], ["2024-02", 2, 39.75], ["2024-03", 2, 99.0], ["all", 5, 148.75]]

select distinct median(amount) over (), percentile_cont(0.5) within group (order by amount) over (),
    approximate count(distinct customer)
from modeling.clean_orders group by amount, customer order by 1 limit 1;
-- rows: [[21.25, 21.25, 1]]

-- sessions: a new one after half an hour
select customer, sum(is_new) over (partition by customer order by ordered_at rows unbounded preceding) as session
from (
    select customer, ordered_at,
        case when datediff(minute, lag(ordered_at) over (partition by customer order by ordered_at), ordered_at) <= 120
            then 0 else 1 end as is_new
    from modeling.orders
) as steps
where customer = 'ada' order by ordered_at;
-- rows: [["ada", 1], ["ada", 1], ["ada", 2]]

-- incremental models: MERGE, and MERGE of whole rows
create temp table changes (like modeling.clean_orders);

insert into changes (order_id, customer, status, amount) values (5, 'eve', 'paid', 99.00), (6, 'fay', 'new', 1.00);

merge into modeling.clean_orders using changes on modeling.clean_orders.order_id = changes.order_id
when matched then update set status = changes.status
when not matched then insert (order_id, customer, status, amount)
values (changes.order_id, changes.customer, changes.status, changes.amount);

select listagg(order_id || ':' || status, ' ') within group (order by order_id) from modeling.clean_orders;
-- rows: [["1:paid 2:paid 3:new 4:paid 5:paid 6:new"]]

create temp table target (id int, name varchar(10));

create temp table source (id int, name varchar(10));

insert into target values (30, 'Tony'), (11, 'Alice'), (23, 'Bill');

insert into source values (23, 'David'), (22, 'Clarence'), (22, 'Clarence');

merge into target using source on target.id = source.id remove duplicates;

select * from target order by id;
-- rows: [[11, "Alice"], [22, "Clarence"], [23, "David"], [30, "Tony"]]

-- a procedure that loads, and says how much
create or replace procedure modeling.refresh_totals(since in date, loaded out int)
as $$$$
begin
    drop table if exists modeling.totals;
    create table modeling.totals diststyle all as
    select customer, sum(amount) as total from modeling.clean_orders where ordered_at >= since group by 1;
    select into loaded count(*) from modeling.totals;
exception when others then
    raise info 'not loaded: %', sqlerrm;
end;
$$$$ language plpgsql;

call modeling.refresh_totals('2024-02-01');
-- rows: [[3]]

create or replace function modeling.f_initials(varchar) returns varchar immutable
as $$$$ select upper(left($1, 1)) $$$$ language sql;

select modeling.f_initials(customer), total from modeling.totals where total is not null order by 2;
-- rows: [["B", 7.25], ["A", 32.5], ["E", 99.0]]

-- out to S3, and back
unload ('select customer, total from modeling.totals where total is not null order by total')
to '$bucket/out/$driver/totals_' iam_role '$role' format as csv header parallel off manifest;

create temp table back (customer varchar(40), total decimal(12, 2));

copy back from '$bucket/out/$driver/totals_manifest' iam_role '$role' manifest csv ignoreheader 1;

select count(*), sum(total) from back;
-- rows: [[3, 138.75]]

unload ('select 1') to '$bucket/out/$driver/totals_' iam_role '$role';
-- error: Specified unload destination on S3 is not empty

alter table modeling.clean_orders append from changes;

select count(*) from changes;
-- rows: [[0]]

begin;

declare report cursor for select order_id from modeling.clean_orders order by 1;

fetch forward 2 from report;
-- rows: [[1], [2]]

fetch next from report;
-- rows: [[3]]

close report;

commit;

create materialized view modeling.by_customer distkey (customer) as
select customer, count(*) as orders from modeling.orders group by customer;

insert into modeling.orders (order_id, customer) values (9, 'ada');

refresh materialized view modeling.by_customer;

select orders from modeling.by_customer where customer = 'ada';
-- rows: [[4]]

select lag(order_id, 1, 0) over (order by order_id) from modeling.orders;
-- error: lag() of 3 argument(s) does not exist

drop schema modeling cascade;
