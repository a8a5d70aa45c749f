{{ config(materialized='view') }}
select id, user_id, song, played_at::timestamp as played_at from {{ ref('plays') }}
