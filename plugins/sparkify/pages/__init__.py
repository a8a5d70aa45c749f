"""The pages in Airflow's UI: loads, quality and listening. They read; they change nothing."""
