"""The actions of the Data API: https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_Operations.html"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from local_redshift.data_api.errors import ApiError
from local_redshift.data_api.executions import Execution, Executions, SubStatement

_PAGE = 1000
_ENDED = ("FINISHED", "FAILED", "ABORTED")
_WAIT = 30.0
_Answer = dict[str, Any]


class Actions:
    """The actions, by their names.

    :param executions: the statements.
    """

    def __init__(self, executions: Executions) -> None:
        self._executions = executions
        self._actions: dict[str, Callable[[Mapping[str, Any]], _Answer]] = {
            "ExecuteStatement": lambda request: self._start(request, [_required(request, "Sql")]),
            "BatchExecuteStatement": lambda request: self._start(request, list(_required(request, "Sqls"))),
            "DescribeStatement": self._describe,
            "GetStatementResult": self._result,
            "CancelStatement": self._cancel,
            "ListStatements": self._list,
            "ListDatabases": lambda request: self._names(
                "Databases", "SELECT database_name FROM svv_redshift_databases", request
            ),
            "ListSchemas": lambda request: self._names("Schemas", "SELECT schema_name FROM svv_all_schemas", request),
            "ListTables": self._tables,
            "DescribeTable": self._table,
        }

    def do(self, name: str, request: Mapping[str, Any]) -> _Answer:
        """Return the answer to a call.

        :param name: the action.
        :param request: its parameters.
        :raises ApiError: when there is no such action, or it fails.
        """
        action = self._actions.get(name)
        if action is None:
            raise ApiError("UnknownOperationException", f"{name} is not supported by this local Redshift.")
        return action(request)

    def _start(self, request: Mapping[str, Any], statements: list[str]) -> _Answer:
        if not isinstance(request.get("Parameters") or [], list):
            raise ApiError("ValidationException", "Parameters is a list of names and values.")
        if not statements:
            raise ApiError("ValidationException", "Sqls is empty.")
        execution = self._executions.start(request, statements)
        echoed = ("Database", "DbUser", "ClusterIdentifier", "WorkgroupName", "SecretArn")
        given = {name: request[name] for name in echoed if name in request}
        return {"Id": execution.id, "CreatedAt": execution.created, **given}

    def _describe(self, request: Mapping[str, Any]) -> _Answer:
        execution, first = self._executions.get(_required(request, "Id"))
        shown = _summary(execution) | _outcome(first)
        shown["Duration"] = sum(statement.nanoseconds for statement in execution.statements)
        failed = next((statement for statement in execution.statements if statement.error), None)
        if failed is not None:
            shown["Error"] = failed.error
        if len(execution.statements) > 1:
            shown["SubStatements"] = [
                {"Id": f"{execution.id}:{number}", "Status": statement.status, "QueryString": statement.sql}
                | _outcome(statement)
                for number, statement in enumerate(execution.statements, 1)
            ]
        return shown

    def _result(self, request: Mapping[str, Any]) -> _Answer:
        _, statement = self._executions.get(_required(request, "Id"))
        if statement.columns is None:
            text = "Query does not have result. Please check query status with DescribeStatement."
            raise ApiError("ResourceNotFoundException", text)
        start = int(request.get("NextToken") or 0)
        end = start + _PAGE
        answer: _Answer = {
            "Records": statement.records[start:end],
            "ColumnMetadata": statement.columns,
            "TotalNumRows": len(statement.records),
        }
        return answer | ({"NextToken": str(end)} if end < len(statement.records) else {})

    def _cancel(self, request: Mapping[str, Any]) -> _Answer:
        execution, _ = self._executions.get(_required(request, "Id"))
        if not self._executions.cancel(execution):
            raise ApiError(
                "ValidationException", f"Could not cancel a query that is already in {execution.status} state."
            )
        return {"Status": True}

    def _list(self, request: Mapping[str, Any]) -> _Answer:
        wanted, name = request.get("Status", "ALL"), request.get("StatementName", "")
        found = [
            _summary(execution)
            for execution in self._executions.all()
            if wanted in ("ALL", execution.status) and str(execution.request.get("StatementName", "")).startswith(name)
        ]
        return {"Statements": found[: int(request.get("MaxResults") or 100)]}

    def _names(self, key: str, sql: str, request: Mapping[str, Any]) -> _Answer:
        return {key: [row[0]["stringValue"] for row in self._rows(f"{sql} ORDER BY 1", request)]}

    def _tables(self, request: Mapping[str, Any]) -> _Answer:
        rows = self._rows(
            "SELECT schema_name, table_name, table_type FROM svv_all_tables "
            "WHERE schema_name LIKE :schema AND table_name LIKE :table ORDER BY 1, 2",
            {
                "Parameters": [
                    {"name": "schema", "value": request.get("SchemaPattern", "%")},
                    {"name": "table", "value": request.get("TablePattern", "%")},
                ]
            },
        )
        names = ("schema", "name", "type")
        return {"Tables": [{n: v["stringValue"] for n, v in zip(names, row, strict=True)} for row in rows]}

    def _table(self, request: Mapping[str, Any]) -> _Answer:
        rows = self._rows(
            "SELECT column_name, data_type, ordinal_position FROM svv_all_columns "
            "WHERE schema_name = :schema AND table_name = :table ORDER BY 3",
            {
                "Parameters": [
                    {"name": "schema", "value": request.get("Schema", "public")},
                    {"name": "table", "value": _required(request, "Table")},
                ]
            },
        )
        columns = [{"name": row[0]["stringValue"], "typeName": row[1]["stringValue"]} for row in rows]
        return {"TableName": request["Table"], "ColumnList": columns}

    def _rows(self, sql: str, request: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
        """Run a query of the catalog and wait for it."""
        execution = self._executions.start(request, [sql])
        deadline = time.monotonic() + _WAIT
        while execution.status not in _ENDED and time.monotonic() < deadline:
            time.sleep(0.005)
        (statement,) = execution.statements
        if statement.status != "FINISHED":
            raise ApiError("QueryTimeoutException", statement.error or "The catalog did not answer.")
        return statement.records


def _required(request: Mapping[str, Any], name: str) -> Any:
    if not request.get(name):
        raise ApiError("ValidationException", f"{name} is required.")
    return request[name]


def _summary(execution: Execution) -> _Answer:
    shown: _Answer = {
        "Id": execution.id,
        "Status": execution.status,
        "QueryString": execution.statements[0].sql,
        "QueryStrings": [statement.sql for statement in execution.statements],
        "CreatedAt": execution.created,
        "UpdatedAt": execution.updated,
        "IsBatchStatement": len(execution.statements) > 1,
        "RedshiftPid": execution.pid,
    }
    for name in ("StatementName", "Database", "DbUser", "ClusterIdentifier", "WorkgroupName"):
        if name in execution.request:
            shown[name] = execution.request[name]
    if execution.request.get("Parameters"):
        shown["QueryParameters"] = execution.request["Parameters"]
    return shown


def _outcome(statement: SubStatement) -> _Answer:
    shown: _Answer = {
        "HasResultSet": statement.columns is not None,
        "ResultRows": statement.rows,
        "ResultSize": sum(len(str(record)) for record in statement.records),
        "Duration": statement.nanoseconds,
        "RedshiftQueryId": 0,
    }
    return shown | ({"Error": statement.error} if statement.error else {})
