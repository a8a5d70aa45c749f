{{ config(materialized='incremental', unique_key='id', dist='user_id', sort=['played_at']) }}
select * from {{ ref('staged') }}
{% if is_incremental() %} where played_at > (select max(played_at) from {{ this }}) {% endif %}
