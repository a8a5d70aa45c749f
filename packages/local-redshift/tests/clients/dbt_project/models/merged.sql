{{ config(materialized='incremental', unique_key='id', incremental_strategy='merge') }}
select id, song from {{ ref('staged') }}
