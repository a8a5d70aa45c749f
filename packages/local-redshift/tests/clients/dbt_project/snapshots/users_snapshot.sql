{% snapshot users_snapshot %}
{{ config(target_schema='dbt_test', unique_key='user_id', strategy='check', check_cols=['plays']) }}
select * from {{ ref('users') }}
{% endsnapshot %}
