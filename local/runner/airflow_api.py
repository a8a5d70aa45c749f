"""A client of Airflow's REST API, with what the runner and the end-to-end tests need.

https://airflow.apache.org/docs/apache-airflow/stable/stable-rest-api-ref.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import httpx

from local.runner.errors import RunnerError
from local.runner.settings import Login

Json = dict[str, Any]

FINISHED = frozenset({"success", "failed"})
_PAGE = 100


class AirflowApi:
    """Airflow through its API.

    :param address: where the API server is, such as ``http://localhost:8080``.
    :param login: a user of the simple auth manager.
    :param watch: called while waiting; may raise to end it.
    :param transport: how requests are sent, when not over the network.
    """

    def __init__(
        self,
        address: str,
        login: Login,
        watch: Callable[[], None] = lambda: None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.address = address
        self._login = login
        self._watch = watch
        self._client = httpx.Client(base_url=address, timeout=60, trust_env=False, transport=transport)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def health(self) -> Json:
        """Return the health of Airflow's components, or {} while the API does not answer."""
        try:
            answer = self._client.get("/api/v2/monitor/health", timeout=5)
        except httpx.HTTPError:
            return {}
        return dict(answer.json()) if answer.status_code == 200 else {}

    def request(self, method: str, path: str, **options: Any) -> Any:
        """Send a request and return the answer's JSON.

        :param path: below ``/api/v2``.
        :param options: for httpx, for instance ``params`` or ``json``.
        :raises RunnerError: when the answer is an error, with what it says.
        """
        answer = self._send(method, path, options)
        if answer.status_code == 401:
            self._client.headers["Authorization"] = f"Bearer {self._token()}"
            answer = self._send(method, path, options)
        if answer.is_error:
            raise RunnerError(f"Airflow refused {method} {path} with {answer.status_code}: {answer.text[:500]}")
        return answer.json() if answer.content else {}

    def get(self, path: str, **params: Any) -> Any:
        """Return the JSON of a path."""
        return self.request("GET", path, params=params)

    def pages(self, path: str, name: str, **params: Any) -> Iterator[Json]:
        """Iterate over all entries of a list, page by page."""
        offset = 0
        while True:
            answer = self.get(path, limit=_PAGE, offset=offset, **params)
            yield from answer[name]
            offset += _PAGE
            if offset >= answer["total_entries"]:
                return

    def wait_for_dag(self, dag_id: str, timeout: float = 90.0) -> None:
        """Wait until Airflow has read a DAG from its file.

        :raises RunnerError: when it does not appear, with its import error if there is one.
        """
        self.wait_until(
            lambda: any(dag["dag_id"] == dag_id for dag in self.get("/dags", limit=_PAGE)["dags"]),
            timeout,
            lambda: f"Airflow did not find the DAG {dag_id} in {timeout:.0f} s. {self._import_errors()}",
        )

    def unpause(self, dag_id: str) -> None:
        """Unpause a DAG."""
        self.request("PATCH", f"/dags/{dag_id}", json={"is_paused": False})

    def trigger(
        self, dag_id: str, *, logical_date: datetime | None = None, conf: Json | None = None, run_id: str | None = None
    ) -> str:
        """Start a run of a DAG.

        :param logical_date: of the run; None for a run without one.
        :param conf: the run's params.
        :param run_id: its id, else Airflow makes one.
        :returns: the run's id.
        """
        body: Json = {"logical_date": logical_date.isoformat() if logical_date else None, "conf": conf or {}}
        if run_id:
            body["dag_run_id"] = run_id
        return str(self.request("POST", f"/dags/{dag_id}/dagRuns", json=body)["dag_run_id"])

    def trigger_window(self, dag_id: str, start: datetime, end: datetime, **conf: Any) -> str:
        """Start one run over a window of hours, by the DAG's params ``window_start`` and ``window_end``."""
        window = {"window_start": start.isoformat(), "window_end": end.isoformat()}
        return self.trigger(dag_id, conf={**window, **conf})

    def backfill(self, dag_id: str, first: datetime, last: datetime, max_active_runs: int) -> int:
        """Start a backfill of all intervals from the first to the last, including those that have run before.

        :param first: logical date of the first run.
        :param last: logical date of the last one.
        :returns: the backfill's id.
        """
        body = {
            "dag_id": dag_id,
            "from_date": first.isoformat(),
            "to_date": last.isoformat(),
            "reprocess_behavior": "completed",
            "max_active_runs": max_active_runs,
        }
        return int(self.request("POST", "/backfills", json=body)["id"])

    def end_backfills(self, dag_id: str) -> None:
        """Close a DAG's open backfills. Airflow allows one at a time, and closes a finished one only later."""
        for backfill in self.pages("/backfills", "backfills", dag_id=dag_id):
            if backfill["completed_at"] is None:
                self.request("PUT", f"/backfills/{backfill['id']}/cancel")

    def run(self, dag_id: str, run_id: str) -> Json:
        """Return a run."""
        return dict(self.get(f"/dags/{dag_id}/dagRuns/{run_id}"))

    def count_runs(self, dag_id: str, states: Sequence[str], first: datetime, last: datetime) -> int:
        """Return how many runs with logical dates from the first to the last are in one of the states."""
        params = {"state": list(states), "logical_date_gte": first.isoformat(), "logical_date_lte": last.isoformat()}
        return int(self.get(f"/dags/{dag_id}/dagRuns", limit=1, **params)["total_entries"])

    def runs(self, dag_id: str, **params: Any) -> list[Json]:
        """Return a DAG's runs, filtered by the API's parameters."""
        return list(self.pages(f"/dags/{dag_id}/dagRuns", "dag_runs", **params))

    def wait(self, dag_id: str, run_id: str, timeout: float = 300.0) -> str:
        """Wait for a run to finish.

        :returns: its state, ``success`` or ``failed``.
        :raises RunnerError: when it does not finish in time.
        """
        self.wait_until(
            lambda: self.run(dag_id, run_id)["state"] in FINISHED,
            timeout,
            lambda: f"The run {run_id} of {dag_id} is not finished after {timeout:.0f} s; see {self.address}.",
        )
        return str(self.run(dag_id, run_id)["state"])

    def tasks(self, dag_id: str, run_id: str) -> dict[str, Json]:
        """Return a run's task instances by task id."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances"
        return {entry["task_id"]: entry for entry in self.pages(path, "task_instances")}

    def tries(self, dag_id: str, run_id: str, task_id: str) -> list[Json]:
        """Return all tries of a task instance, the current one last."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/tries"
        return list(self.get(path)["task_instances"])

    def log(self, dag_id: str, run_id: str, task_id: str, attempt: int) -> list[Json]:
        """Return the entries of a try's log; each has an ``event``, most a ``level``."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/logs/{attempt}"
        content = self.get(path, full_content=True)["content"]
        return [entry if isinstance(entry, dict) else {"event": str(entry)} for entry in content]

    def clear(self, dag_id: str, run_id: str, task_ids: Sequence[str], *, downstream: bool = False) -> list[Json]:
        """Clear task instances of a run, so that they run again.

        :returns: the instances that were cleared.
        """
        body = {
            "dry_run": False,
            "dag_run_id": run_id,
            "task_ids": list(task_ids),
            "only_failed": False,
            "include_downstream": downstream,
        }
        return list(self.request("POST", f"/dags/{dag_id}/clearTaskInstances", json=body)["task_instances"])

    def wait_until(
        self, condition: Callable[[], bool], timeout: float, message: Callable[[], str], every: float = 0.3
    ) -> None:
        """Wait for a condition.

        :param timeout: seconds to wait at most.
        :param every: seconds between two checks.
        :raises RunnerError: with the message, when it is not met in time.
        """
        deadline = time.monotonic() + timeout
        while not condition():
            self._watch()
            if time.monotonic() > deadline:
                raise RunnerError(message())
            time.sleep(every)

    def _send(self, method: str, path: str, options: Json) -> httpx.Response:
        try:
            return self._client.request(method, f"/api/v2{path}", **options)
        except httpx.HTTPError as error:
            self._watch()
            raise RunnerError(f"Airflow's API at {self.address} did not answer {method} {path}: {error}.") from error

    def _token(self) -> str:
        body = {"username": self._login.user, "password": self._login.password}
        answer = self._client.post("/auth/token", json=body)
        if answer.is_error:
            raise RunnerError(f"Airflow refused the login of {self._login.user}: {answer.text[:200]}")
        return str(answer.json()["access_token"])

    def _import_errors(self) -> str:
        errors = self.get("/importErrors", limit=5)["import_errors"]
        lines = [f"{error['filename']}:\n{error['stack_trace'].strip()}" for error in errors]
        return "\n".join(lines) or "See the dag-processor's log."
