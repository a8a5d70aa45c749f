"""Where the columns' values are in a JSON object: by name, or by the paths of a JSONPaths file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local_redshift.copy.conversion import Block, Conversion, ConversionSpec
from local_redshift.copy.model import Column, RowError
from local_redshift.copy.records.jsonpaths import effective_option, extractor, parse_jsonpaths
from local_redshift.statements import CopyStatement
from local_redshift.wire.errors import RedshiftError

COLUMNS = [Column("user_id", "integer"), Column("song", "character varying")]


# https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html#copy-json
@pytest.mark.parametrize(
    ("option", "found", "values"),
    [
        ("auto", {"user_id": 1, "song": "a"}, [1, "a"]),
        ("auto", {"USER_ID": 1, "other": 2}, [None, None]),
        ("auto ignorecase", {"USER_ID": 1, "Song": "a"}, [1, "a"]),
        ("s3://b/paths", {"userId": 1, "track": {"names": ["x", "y"]}}, [1, "y"]),
        ("s3://b/paths", {"track": {}}, [None, None]),
        ("s3://b/paths", {"track": {"names": None}}, [None, None]),
        ("s3://b/paths", {"track": "none"}, [None, None]),
    ],
)
def test_values_are_found_by_name_or_by_path(option: str, found: dict[str, Any], values: list[Any]) -> None:
    paths = json.dumps({"jsonpaths": ["$.userId", "$.track.names[1]"]}).encode()
    assert extractor(option, COLUMNS, paths)(found) == values


def test_as_many_paths_as_columns() -> None:
    with pytest.raises(RedshiftError, match="JSONPath size: 1, Number of columns in table or column list: 2"):
        parse_jsonpaths("s3://b/p", b'{"jsonpaths": ["$.a"]}', 2)


# https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html#copy-json-jsonpath-expressions
@pytest.mark.parametrize("names", [[], ["x"], "x", {"1": "x"}, 7])
def test_a_missing_element_is_an_error(names: Any) -> None:
    paths = json.dumps({"jsonpaths": ["$.userId", "$.track.names[1]"]}).encode()
    with pytest.raises(RowError, match=r"Invalid JSONPath format: Not an array or index out of range\."):
        extractor("s3://b/paths", COLUMNS, paths)({"track": {"names": names}})


# "If the key name is any string other than "jsonpaths", the COPY command doesn't return an error, but it ignores
# jsonpaths_file and uses the 'auto' argument instead": copy-parameters-data-format.html#copy-json-jsonpaths
@pytest.mark.parametrize(
    ("key", "row"),
    [
        ("jsonpaths", b"2\tb\n"),
        ("paths", b"1\ta\n"),
        ("jsonPaths", b"1\ta\n"),
        ("JSONPATHS", b"1\ta\n"),
        (" jsonpaths", b"1\ta\n"),
    ],
)
def test_a_jsonpaths_file_of_another_key_means_auto(key: str, row: bytes) -> None:
    copy = CopyStatement(None, "t", None, "s3://b/k", format="json", json_option="s3://b/paths")
    paths = json.dumps({key: ["$.userId", "$.track"]}).encode()
    line = b'{"user_id": 1, "song": "a", "userId": 2, "track": "b"}'
    found = Conversion(ConversionSpec.of(copy, COLUMNS, paths)).convert([Block("s3://b/k", line, True)])
    assert found.rows == row


# "the COPY command fails: the JSON is malformed; there is more than one JSON object; any characters except white space
# exist outside the object; an array element is an empty string or isn't a string"; notations cannot be mixed.
@pytest.mark.parametrize(
    "content",
    [
        b"no json",
        b"",
        b"[]",
        b'{"jsonpaths": ["$.a"]}{"jsonpaths": ["$.a"]}',
        b'{"jsonpaths": ["$.a"]} x',
        b'{"paths": ["$.a"]} x',
    ],
)
def test_a_file_that_is_not_one_object_fails_the_copy(content: bytes) -> None:
    with pytest.raises(RedshiftError, match="the file s3://b/p is malformed"):
        effective_option("s3://b/p", content)


@pytest.mark.parametrize(
    "content",
    [
        b'{"jsonpaths": ["a"]}',
        b'{"jsonpaths": ["$..a"]}',
        b'{"jsonpaths": ["$.*"]}',
        b'{"jsonpaths": ["$.*.a"]}',
        b'{"jsonpaths": ["$.a[*]"]}',
        b'{"jsonpaths": [""]}',
        b'{"jsonpaths": [1]}',
        b'{"jsonpaths": "$.a"}',
        b'{"jsonpaths": ["$.it\'s"]}',
        b'{"jsonpaths": ["$[-1]"]}',
        b'{"jsonpaths": ["$[*]"]}',
        b'{"jsonpaths": ["$[\'a\']", "$.b"]}',
        b'{"jsonpaths": ["$[\'a\'].b"]}',
    ],
)
def test_a_malformed_jsonpaths_file_is_named(content: bytes) -> None:
    with pytest.raises(RedshiftError, match="the file s3://b/p is malformed"):
        parse_jsonpaths("s3://b/p", content, 1)
