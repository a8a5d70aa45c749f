"""The listings of pages in both formats."""

from __future__ import annotations

import pytest

from local_redshift.documented.guide.blocks import html_blocks, markdown_blocks
from local_redshift.documented.guide.model import Block

MARKDOWN = r"""# TRIM\_BOTH function<a name="r_TRIM"></a>

A paragraph\.

## Examples<a name="r_TRIM-examples"></a>

The following example trims\.

```sql
select 1;
```
+ In a list:

  ```
  select 2
    from t;
  ```

~~~
select '```';
~~~
"""
HTML = """<!DOCTYPE html><html><head><script>pre</script></head><body><h1>TRIM_BOTH function</h1><p>A paragraph.</p>
<h2>Examples</h2><p>The following
 example <code class="code">trims</code>.</p>
<pre class="programlisting"><div class="code-btn-container"><div class="btn-copy-code" title="Copy"><awsui-button>Copy
</awsui-button></div></div><code class="sql">select 1;</code></pre>
<div class="itemizedlist"><ul><li class="listitem"><p>In a list:</p><pre>select 2
  from t;</pre></li></ul></div>
<pre class="programlisting"><code class="sql">select '```';</code></pre></body></html>"""


@pytest.mark.parametrize("blocks", [markdown_blocks(MARKDOWN), html_blocks(HTML)], ids=["Markdown", "HTML"])
def test_listings_have_their_heading_and_the_paragraph_before_them(blocks: list[Block]) -> None:
    assert [(block.heading, block.text) for block in blocks] == [
        ("Examples", "select 1;"),
        ("Examples", "select 2\n  from t;"),
        ("Examples", "select '```';"),
    ]
    assert blocks[0].before == "The following example trims."


def test_entities_and_line_breaks_of_html_are_text() -> None:
    (block,) = html_blocks("<pre>select 1 &lt; 2,<br>&nbsp;&nbsp;'&amp;'</pre>")
    assert block.text == "select 1 < 2,\n  '&'"


SEATS = "create table seats (id SMALLINT, name VARCHAR(20));"
DESCRIBED_HTML = """<h1>SEATS table</h1>
<table><thead><tr><th>Column name</th><th>Data type</th><th>Description</th></tr>
</thead><tr><td>ID</td><td><p>SMALLINT</p></td><td>Key</td></tr>
<tr><td>NAME</td><td>VARCHAR(20)</td><td>Name</td></tr></table>"""
DESCRIBED_MARKDOWN = r"""# SEATS table<a name="r_seatstable"></a>

| Column name | Data type | Description |
| --- | --- | --- |
| ID | SMALLINT | Key |
| NAME | VARCHAR\(20\) | Name |

"""


@pytest.mark.parametrize("blocks", [html_blocks(DESCRIBED_HTML), markdown_blocks(DESCRIBED_MARKDOWN)])
def test_a_sample_table_that_is_described_by_its_columns_can_be_made(blocks: list[Block]) -> None:
    assert [block.text for block in blocks] == [SEATS]


@pytest.mark.parametrize("title", ["SYS_QUERY_HISTORY", "The seats table"])
def test_other_tables_of_columns_are_no_sample_tables(title: str) -> None:
    assert not html_blocks(DESCRIBED_HTML.replace("SEATS table", title))
