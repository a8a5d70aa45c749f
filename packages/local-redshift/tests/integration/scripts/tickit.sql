-- The sample database of the documentation: https://docs.aws.amazon.com/redshift/latest/dg/c_sampledb.html

create table category(
	catid smallint not null distkey sortkey,
	catgroup varchar(10),
	catname varchar(10),
	catdesc varchar(50));

create table date(
	dateid smallint not null distkey sortkey,
	caldate date not null,
	day character(3) not null,
	week smallint not null,
	month character(5) not null,
	qtr character(5) not null,
	year smallint not null,
	holiday boolean default('N'));

create table event(
	eventid integer not null distkey,
	venueid smallint not null,
	catid smallint not null,
	dateid smallint not null sortkey,
	eventname varchar(200),
	starttime timestamp);

create table sales(
	salesid integer not null,
	listid integer not null distkey,
	sellerid integer not null,
	buyerid integer not null,
	eventid integer not null,
	dateid smallint not null sortkey,
	qtysold smallint not null,
	pricepaid decimal(8,2),
	commission decimal(8,2),
	saletime timestamp);

insert into category values
(1, 'Sports', 'MLB', 'Major League Baseball'), (2, 'Sports', 'NHL', 'National Hockey League'),
(6, 'Shows', 'Musicals', 'Musical theatre'), (9, 'Concerts', 'Pop', default);

insert into date (dateid, caldate, day, week, month, qtr, year) values
(1827, '2008-01-01', 'WE', 1, 'JAN', '1', 2008), (1828, '2008-01-02', 'TH', 1, 'JAN', '1', 2008),
(2191, '2008-12-30', 'TU', 1, 'DEC', '4', 2008);

insert into event values
(1, 305, 9, 1828, 'Gotterdammerung', '2008-01-25 14:30:00'), (2, 306, 6, 1827, 'Boris Godunov', '2008-10-15 20:00:00'),
(3, 302, 6, 2191, 'Salome', '2008-04-19 14:30:00');

insert into sales values
(1, 1, 36861, 21191, 1, 1827, 4, 728.00, 109.20, '2008-02-18 02:36:48'),
(2, 4, 8117, 11498, 2, 1828, 2, 76.00, 11.40, '2008-06-06 05:00:16'),
(3, 5, 1616, 17433, 2, 1828, 2, 350.00, 52.50, '2008-06-06 08:26:17'),
(4, 5, 1616, 19715, 3, 2191, 1, 175.00, 26.25, '2008-06-09 08:38:52');

select sum(qtysold) from sales, date where sales.dateid = date.dateid and caldate = '2008-01-02';
-- rows: [[4]]

select eventname, sum(pricepaid) total_price, rank() over (order by total_price desc) as place
from sales s join event e on s.eventid = e.eventid
group by eventname order by 2 desc;
-- rows: [["Gotterdammerung", 728.0, 1], ["Boris Godunov", 426.0, 2], ["Salome", 175.0, 3]]

select eventname, ntile(2) over (order by sum(pricepaid) desc) as percentile
from event join sales using (eventid) group by eventname order by percentile, eventname;
-- rows: [["Boris Godunov", 1], ["Gotterdammerung", 1], ["Salome", 2]]

select top 2 catid, catname from category order by 1 desc;
-- rows: [[9, "Pop"], [6, "Musicals"]]

select catid, decode(catname, 'NHL', 'National Hockey League', 'MLB', 'Major League Baseball', 'Unknown')
from category order by catid;
-- rows: [[1, "Major League Baseball"], [2, "National Hockey League"], [6, "Unknown"], [9, "Unknown"]]

select distinct catgroup from category where catdesc is not null order by 1;
-- rows: [["Shows"], ["Sports"]]

select avg(datediff(day, e.starttime, s.saletime)) as avgdays from sales s, event e where s.eventid = e.eventid;
-- rows: [[-46]]

select date_trunc('month', saletime) as m, sum(pricepaid) from sales where saletime like '2008-06%' group by 1;
-- rows: [["2008-06-01 00:00:00", 601.0]]

select listagg(salesid, ',') within group (order by saletime desc) from sales;
-- rows: [["4,3,2,1"]]

select dateadd(day, 30, caldate) as plus30 from date where month = 'DEC';
-- rows: [["2009-01-29 00:00:00"]]

select day, holiday from date where dateid = 1827;
-- rows: [["WE ", false]]

create table sales_by_day distkey(dateid) sortkey(dateid) as
select dateid, count(*) as n, sum(pricepaid) as paid from sales group by dateid;

select "column", type, distkey, sortkey from pg_table_def where tablename = 'sales_by_day';
-- rows: [["dateid", "smallint", true, 1], ["n", "bigint", false, 0], ["paid", "numeric(38,2)", false, 0]]

begin;

lock event, sales;

update sales set pricepaid = pricepaid * 2 from event where sales.eventid = event.eventid and eventname = 'Salome';

delete from event using sales where event.eventid = sales.eventid and sales.pricepaid > 700;

select count(*) from event;
-- rows: [[2]]

rollback;

select count(*), sum(pricepaid) from sales;
-- rows: [[4, 1329.0]]

delete event where eventid = 1;

select nvl(catdesc, 'none'), nvl2(catdesc, 1, 0), len(catname), charindex('o', catname), upper(catgroup) || '-' || catid
from category where catid in (1, 9) order by catid;
-- rows: [["Major League Baseball", 1, 3, 0, "SPORTS-1"], ["none", 0, 3, 2, "CONCERTS-9"]]

select catid from category minus select catid from event order by 1;
-- rows: [[1], [2], [9]]

analyze sales;

vacuum sort only sales to 75 percent;

truncate sales;

select count(*) from sales;
-- rows: [[0]]
