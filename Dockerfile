# Airflow with what the pipeline needs, as the user airflow. The AWS side of the profile `local` of docker-compose.yaml has
# an image of its own: packages/local-redshift/Dockerfile.
# The version is that of requirements/pipeline.in; a test holds the two together.
FROM apache/airflow:slim-3.3.2-python3.12

# --no-deps: the lock is complete.
COPY requirements/cluster.txt /opt/airflow/requirements.txt
RUN pip install --no-cache-dir --no-deps --require-hashes --requirement /opt/airflow/requirements.txt

COPY --chown=airflow:root dags /opt/airflow/dags
COPY --chown=airflow:root plugins /opt/airflow/plugins
COPY --chown=airflow:root sql /opt/airflow/sql
