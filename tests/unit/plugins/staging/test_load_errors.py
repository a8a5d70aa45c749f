"""Load errors by address, and the sentences made of them."""

from __future__ import annotations

from sparkify.hooks.s3_object import S3Object
from sparkify.staging.load_errors import LoadError, Reject, describe_load_errors, errors_of_last_copy

A = S3Object("b", "a.json", "e", 1)
LONG = S3Object("b", "x" * 300, "e", 1)


def test_only_the_newest_copy_of_these_objects_counts_and_a_line_counts_once():
    rows = [
        (5, A.uri, 1, "ts", "int8", 1207, "of an earlier try"),
        (9, A.uri, 3, "ts", "int8", 1207, "first"),
        (9, A.uri, 3, "level", "varchar", 1204, "second error of the line"),
        (9, A.uri, 4, None, None, None, None),
        (11, "s3://b/other.json", 1, "", "", 1216, "another COPY of the session"),
    ]
    assert errors_of_last_copy(rows, [A]) == [
        LoadError(A, 3, "ts", "int8", 1207, "first"),
        LoadError(A, 4, "", "", 0, ""),
    ]
    assert errors_of_last_copy([], [A]) == []


def test_object_is_found_by_the_name_that_the_view_cuts_off():
    [error] = errors_of_last_copy([(1, LONG.uri[:256], 1, "", "", 1, "r")], [LONG])
    assert error.source is LONG


def test_sentence_shows_three_lines_and_counts_the_others():
    rejects = [Reject(LoadError(A, number, "", "", 1216, "Invalid JSON."), b"{" * 500) for number in range(1, 6)]
    text = describe_load_errors("staging", "2018-11-05", rejects, {}, 2)
    assert "5 bad line(s), where max_rejected allows 2." in text
    assert text.count("Invalid JSON (error 1216).") == 3
    assert "And 2 more." in text
    assert "{" * 201 not in text


def test_sentence_shows_the_fields_value_or_the_line_when_it_has_no_such_field():
    error = LoadError(A, 1, "user_id", "int4", 1207, "Invalid digit")
    columns = {"user_id": "$['userId']"}
    assert 'value "x"' in describe_load_errors("s", "p", [Reject(error, b'{"userId":"x"}')], columns, 0)
    assert 'in {"a":1}:' in describe_load_errors("s", "p", [Reject(error, b'{"a":1}')], columns, 0)
