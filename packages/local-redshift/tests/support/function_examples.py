"""AWS's own examples of scalar functions: the page of https://docs.aws.amazon.com/redshift/latest/dg/, the expression,
and the result that the page prints.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

CASES: list[tuple[str, str, Any]] = [
    ("r_TO_CHAR.html", "to_char(-125.8, '999D99S')", "125.80-"),
    ("r_TO_NUMBER.html", "to_number('12,454.8-', '99G999D9S')", Decimal("-12454.8")),
    # conditions
    ("r_NVL_function.html", "coalesce(null, 12, null)", 12),
    ("r_NVL_function.html", "nvl(null, null, 'x')", "x"),
    ("r_NVL2.html", "nvl2(null, 1, 2)", 2),
    ("r_NVL2.html", "nvl2(0, 1, 2)", 1),
    ("r_DECODE_expression.html", "decode('NHL', 'NHL', 'National Hockey League', 'Unknown')", "National Hockey League"),
    ("r_DECODE_expression.html", "decode('x', 'NHL', 'National Hockey League', 'Unknown')", "Unknown"),
    ("r_DECODE_expression.html", "decode('x', 'NHL', 'National Hockey League')", None),
    ("r_DECODE_expression.html", "decode(cast(null as int), null, 0, 1)", 0),
    # numbers
    ("r_ROUND.html", "round(28.05, 1)", Decimal("28.1")),
    ("r_TRUNC.html", "trunc(111.86, 1)", Decimal("111.8")),
    ("r_MOD.html", "mod(10, 4)", 2),
    ("r_CBRT.html", "cbrt(27)", 3.0),
    ("r_GREATEST_LEAST.html", "greatest(1, 2, null)", 2),
    ("r_TO_HEX.html", "to_hex(2147483647)", "7fffffff"),
    ("r_Numeric_types201.html", "7 / 2", 3),
    ("r_CAST_function.html", "cast(1.6 as decimal)", Decimal(2)),
    ("r_CAST_function.html", "convert(integer, 162.4)", 162),
    ("r_AVG.html", "(select avg(n) from (select 1 as n union all select 2) as numbers)", 1),
    ("r_AVG.html", "(select avg(n)::varchar from (select 1.25 as n union all select 2) as numbers)", "1.62"),
    # settings: CURRENT_SETTING and SET_CONFIG
    ("r_SET_CONFIG.html", "set_config('query_group', 'test', false)", "test"),
]
