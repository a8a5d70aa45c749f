-- What warehouses on Redshift do every day: upserts by a staging table, deep copies, slowly changing dimensions.

set query_group to 'nightly';

set enable_result_cache_for_session to off;

set statement_timeout to 60000;

show query_group;
-- rows: [["nightly"]]

reset query_group;

create table customers (
    customer_id bigint identity(100, 10),
    email       varchar(64) not null encode zstd,
    name        varchar(20) encode text255,
    country     char(2) default 'DE' encode bytedict,
    balance     decimal(12, 2) default 0 encode az64,
    is_active   boolean default true encode raw,
    updated_at  timestamp default sysdate encode az64,
    signed_up   date encode delta,
    primary key (customer_id),
    unique (email)
)
distkey (customer_id)
compound sortkey (signed_up, email);

insert into customers (email, name, signed_up) values ('a@x.de', 'Ada', '2018-11-01'), ('b@x.de', 'Bob', '2018-11-03');

insert into customers (email, name, signed_up) values ('a@x.de', 'Ada again', '2018-11-01');

insert into customers (customer_id, email) values (7, 'c@x.de');
-- error: cannot

select count(*), count(distinct customer_id), count(distinct email), mod(min(customer_id), 10) from customers;
-- rows: [[3, 3, 2, 0]]

-- keys are not enforced, NOT NULL and lengths in bytes are
insert into customers (email) values (null);
-- error: null value in column "email"

insert into customers (email, name) values ('d@x.de', 'Ääääääääääää');
-- error: value too long for type character varying(20)

insert into customers (email, name) values ('d@x.de', 'Dora                                 ');

select name, len(name), is_active, country from customers where email = 'd@x.de';
-- rows: [["Dora                ", 20, true, "DE"]]

delete from customers where email = 'd@x.de' or name = 'Ada again';

-- upsert: https://docs.aws.amazon.com/redshift/latest/dg/merge-replacing-existing-rows.html
create temp table stage as select email, name, balance, signed_up from customers where 1 = 0;

insert into stage (email, name, balance, signed_up) values ('b@x.de', 'Robert', 12.5, '2018-11-03'), ('e@x.de', 'Eve', 3, '2018-11-04');

begin transaction;

delete from customers using stage where customers.email = stage.email;

insert into customers (email, name, balance, signed_up) select email, name, balance, signed_up from stage;

end transaction;

drop table stage;

select email, name, balance from customers order by email;
-- rows: [["a@x.de", "Ada", 0.0], ["b@x.de", "Robert", 12.5], ["e@x.de", "Eve", 3.0]]

-- MERGE: https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html
create table #changes (email varchar(64), name varchar(20));

insert into #changes values ('e@x.de', 'Evelyn'), ('f@x.de', 'Fay');

merge into customers using #changes on customers.email = #changes.email
when matched then update set name = #changes.name
when not matched then insert (email, name) values (#changes.email, #changes.name);

select listagg(name, ', ') within group (order by name) from customers;
-- rows: [["Ada, Evelyn, Fay, Robert"]]

-- deep copy: https://docs.aws.amazon.com/redshift/latest/dg/performing-a-deep-copy.html
create table plain (email varchar(64) not null, name varchar(20) default 'nobody', signed_up date sortkey) diststyle even;

create table customers_copy (like plain including defaults);

insert into customers_copy (select email, name, signed_up from customers);

insert into customers_copy (email, name) values ('g@x.de', 'Ääääääääääää');
-- error: value too long for type character varying(20)

insert into customers_copy (email) values ('g@x.de');

delete from customers_copy where name = 'nobody';

alter table customers_copy add column segment varchar(12) default 'none' encode lzo;

alter table customers_copy rename column segment to tier;

alter table customers_copy alter column tier type varchar(30);

alter table customers_copy add column a int, add column b int;
-- error: syntax error at or near ","

select tier, count(*) from customers_copy group by tier;
-- rows: [["none", 4]]

create or replace view active_customers as
select email, nvl(name, 'unknown') as name, datediff(day, signed_up, date '2018-11-11') as days from customers
where is_active;

select * from active_customers where days > 6 order by email;
-- rows: [["a@x.de", "Ada", 10], ["b@x.de", "Robert", 8], ["e@x.de", "Evelyn", 7]]

with ranked as (
    select email, signed_up, row_number() over (partition by country order by signed_up desc nulls last, email) as place
    from customers
)
select email from ranked where place = 1;
-- rows: [["e@x.de"]]

select signed_up, count(*) as n, sum(n) over (order by signed_up rows unbounded preceding) as so_far
from customers where signed_up is not null group by signed_up order by 1;
-- rows: [["2018-11-01", 1, 1.0], ["2018-11-03", 1, 2.0], ["2018-11-04", 1, 3.0]]

select email, lag(signed_up, 1) over (order by signed_up) as before
from customers where signed_up > '2018-11-01' order by signed_up;
-- rows: [["b@x.de", null], ["e@x.de", "2018-11-03"]]

select email into with_letters from customers where email ~ '^[ab]@';

select count(*) from with_letters;
-- rows: [[2]]

select case when balance > 10 then 'rich' else 'poor' end as class, count(*), max(len(name))
from customers group by 1 having count(*) > 1 order by class;
-- rows: [["poor", 3, 6]]

select split_part(email, '@', 2) as domain, count(*) from customers group by domain;
-- rows: [["x.de", 4]]

select to_char(signed_up, 'YYYY-MM') as month, to_char(timestamp '2018-11-05 13:04', 'Day HH12:MI AM'), trunc(getdate()) = current_date
from customers where email = 'a@x.de';
-- rows: [["2018-11", "Monday    01:04 PM", true]]

comment on table customers is 'who buys';

grant select on customers to public;

create schema if not exists reporting;

drop schema reporting;

analyze customers predicate columns;

vacuum delete only customers;

explain select * from customers where email = 'a@x.de';

truncate table customers;

select count(*) from customers;
-- rows: [[0]]

drop table if exists with_letters, customers_copy;

drop view active_customers;
