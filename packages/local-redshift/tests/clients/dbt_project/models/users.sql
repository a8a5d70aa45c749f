{{ config(materialized='table', dist='all') }}
select user_id, count(*) as plays, max(played_at) as latest from {{ ref('fact') }} group by 1
