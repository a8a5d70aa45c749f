"""The pages in Airflow's UI: who may see them, and what a person sees in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, StorageState, expect

from local.runner.settings import Login
from local.runner.stack import Stack
from sparkify.pages.app import create_app
from sparkify.windows import hour_label
from tests.support.browser import Theme, Visit, find_chromium, log_in, open_browser, open_context
from tests.support.page_routes import routes
from tests.support.source_bucket import SourceBucket

DAG = "sparkify_hourly"
HOUR = timedelta(hours=1)
#: Beside the application's own routes.
FURTHER_PATHS = ("/openapi.json", "/docs", "/redoc", "/", "/no/such/page", "/static/..%2f..%2fapp.py")

needs_browser = pytest.mark.skipif(find_chromium() is None, reason="no Chromium is installed (apt install chromium)")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser."""
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def owner_state(browser: Browser, stack: Stack) -> StorageState:
    """What the browser keeps of the owner's login."""
    return log_in(browser, stack.address, stack.settings.airflow_login)


@pytest.fixture
def visit(browser: Browser, owner_state: StorageState, stack: Stack, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """An owner at the browser; parametrised with theme and width."""
    theme, width = getattr(request, "param", ("light", 1400))
    context = open_context(browser, owner_state, theme, width)
    visit = Visit(context, stack.address)
    yield visit
    context.close()


@pytest.fixture(scope="module")
def loaded(stack: Stack, bucket: SourceBucket) -> datetime:
    """The first of three hours: one is loaded, one has a play rejected by rule, one failed."""
    start = datetime.fromisoformat("2018-10-03T00:00:00+00:00")
    event = {"page": "NextSong", "ts": int(start.timestamp() * 1000), "userId": "7", "sessionId": 1, "itemInSession": 0}
    event |= {"firstName": "Ann", "lastName": "Lee", "gender": "F", "userAgent": "x", "length": 200.5}
    event |= {"level": "free", "song": "Un<b>known</b>", "artist": "Nobody", "location": "Bixby, OK"}
    bucket.put_events(start, [{**event, "itemInSession": n} for n in range(5)])
    bucket.put_events(start + HOUR, [event, {**event, "ts": 1538524800}])
    bucket.put_events(start + 2 * HOUR, [event, '{"broken": '])
    windows = [(start + n * HOUR, start + (n + 1) * HOUR) for n in range(3)]
    confs = [{"window_start": first.isoformat(), "window_end": last.isoformat()} for first, last in windows]
    # One after another: which of the first two hours shows the play that both have is settled by the later one.
    assert [stack.api.wait(DAG, stack.api.trigger(DAG, conf=conf)) for conf in confs] == [
        "success",
        "success",
        "failed",
    ]
    return start


@pytest.fixture(scope="module")
def troubled(stack: Stack, bucket: SourceBucket) -> Iterator[datetime]:
    """The first of three hours: one is loaded and failed to be loaded again, one failed, one was only asked for.

    Beside them there are runs that were refused: of sixteen years, of hours to come, with a param that is misspelt;
    and one that was marked as failed while it waited.
    """
    start = datetime.fromisoformat("2018-10-05T00:00:00+00:00")
    event = {"page": "NextSong", "ts": int(start.timestamp() * 1000), "userId": "7", "sessionId": 1, "level": "free"}
    event |= {"firstName": "Ann", "lastName": "Lee", "gender": "F", "userAgent": "x", "length": 200.5}
    event |= {"song": "Unknown", "artist": "Nobody", "location": "Bixby, OK"}
    hours = [
        {"window_start": (start + n * HOUR).isoformat(), "window_end": (start + (n + 1) * HOUR).isoformat()}
        for n in range(3)
    ]

    def load(conf: dict[str, str]) -> str:
        return str(stack.api.wait(DAG, stack.api.trigger(DAG, conf=conf)))

    good = [{**event, "itemInSession": n} for n in range(3)]
    bucket.put_events(start, good)
    assert load(hours[0]) == "success"
    for number in (0, 1):
        bucket.put_events(start + number * HOUR, [event, '{"broken": '])
        assert load(hours[number]) == "failed"
    for end in ("2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z"):
        assert load({"window_start": "2010-01-01T00:00:00Z", "window_end": end}) == "failed"
    assert load({**hours[2], "window_startt": hours[2]["window_start"]}) == "failed"
    stack.api.request("PATCH", f"/dags/{DAG}", json={"is_paused": True})
    waiting = stack.api.trigger(DAG, conf=hours[2])
    stack.api.request("PATCH", f"/dags/{DAG}/dagRuns/{waiting}", json={"state": "failed"})
    stack.api.request("PATCH", f"/dags/{DAG}", json={"is_paused": False})
    stack.api.wait(DAG, waiting)  # Airflow lets the teardown run before the run has ended
    yield start
    bucket.put_events(start, good)  # other tests compare the tables with the files of the loaded hours


def client(stack: Stack, login: Login | None = None) -> httpx.Client:
    """Return a client of the pages, logged in or not."""
    headers = {}
    if login is not None:
        body = {"username": login.user, "password": login.password}
        token = httpx.post(f"{stack.address}/auth/token", json=body).json()["access_token"]
        headers["Authorization"] = f"Bearer {token}"
    return httpx.Client(base_url=stack.address, headers=headers, timeout=60)


def test_nobody_sees_anything_without_a_login(stack: Stack) -> None:
    """Every route of the application, as the API server has it mounted."""
    asked = [*routes(create_app()), *(("GET", path) for path in FURTHER_PATHS)]
    with client(stack) as anonymous:
        answers = {(method, path): anonymous.request(method, f"/sparkify{path}").status_code for method, path in asked}
        assert set(answers.values()) == {401}, answers
        forged = anonymous.get("/sparkify/api/loads", headers={"Authorization": "Bearer x.y.z"})
        assert forged.status_code in (401, 403)


def test_a_viewer_may_look_and_is_offered_no_run(stack: Stack, viewer: Login, loaded: datetime) -> None:
    with client(stack, viewer) as browser:
        answer = browser.get("/sparkify/api/loads")
        assert answer.status_code == 200
        assert answer.json()["may_trigger"] is False
        assert browser.get("/sparkify/loads").status_code == 200
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        for path in ("/openapi.json", "/docs", "/static/..%2f..%2fapp.py", "/static/loads.html"):
            assert browser.get(f"/sparkify{path}").status_code == 404
    with client(stack, stack.settings.airflow_login) as owner:
        assert owner.get("/sparkify/api/loads").json()["may_trigger"] is True


def test_answers_are_those_of_ledger_quarantine_and_runs(stack: Stack, loaded: datetime) -> None:
    period = {"since": loaded.isoformat(), "until": (loaded + 24 * HOUR).isoformat()}
    with client(stack, stack.settings.airflow_login) as owner:
        hours = owner.get("/sparkify/api/loads", params=period).json()["hours"]
        assert [(row["state"], row.get("loaded"), row.get("rejected_by_rule")) for row in hours] == [
            ("loaded", 5, 0),
            ("loaded", 0, 1),  # its other play is one of the first hour's
            ("failed", None, None),
        ]
        [kept] = owner.get(f"/sparkify/api/hours/{hours[1]['hour']}").json()["rejects"]
        assert (kept["line_number"], kept["column_name"]) == (2, "ts")
        failed = owner.get(f"/sparkify/api/hours/{hours[2]['hour']}").json()
        assert failed["run"]["failed_task"] == "stage.stage_events"
        assert "line 2" in failed["run"]["reason"]
        changes = owner.get("/sparkify/api/changes", params=period).json()["hours"]
        assert changes == [{"hour": hours[2]["hour"], "kind": "unloaded"}]
        checks = {row["check_name"]: row for row in owner.get("/sparkify/api/checks").json()["checks"]}
        assert checks["timestamps_valid"]["first_open_window"].startswith(hours[1]["hour"])
        missing = owner.get("/sparkify/api/listening/missing_songs", params=period).json()["rows"]

        assert [(row["song"], row["plays"]) for row in missing] == [("Un<b>known</b>", 5)]
        assert owner.get("/sparkify/api/hours/yesterday").status_code == 422
        assert owner.get("/sparkify/api/listening/users").status_code == 404
        assert "longer than" in owner.get("/sparkify/api/loads?since=2001-01-01&until=2018-01-01").json()["detail"]


def test_a_run_that_was_refused_marks_no_hour_and_a_failed_reload_hides_nothing(
    stack: Stack, troubled: datetime, loaded: datetime
) -> None:
    with client(stack, stack.settings.airflow_login) as owner:

        def hours(start: datetime) -> list[tuple[Any, ...]]:
            period = {"since": start.isoformat(), "until": (start + 24 * HOUR).isoformat()}
            rows = owner.get("/sparkify/api/loads", params=period).json()["hours"]
            return [(row["hour"][-2:], row["state"], row["reload"], row.get("loaded")) for row in rows]

        assert hours(troubled) == [("00", "loaded", "failed", 3), ("01", "failed", None, None)]
        # within the refused windows, and loaded or failed long before them
        assert [row[:3] for row in hours(loaded)] == [
            ("00", "loaded", None),
            ("01", "loaded", None),
            ("02", "failed", None),
        ]
        first = owner.get(f"/sparkify/api/hours/{hour_label(troubled)}").json()
        assert (first["state"], first["reload"], first["load"]["loaded"]) == ("loaded", "failed", 3)
        assert (first["run"]["state"], first["run"]["failed_task"]) == ("failed", "stage.stage_events")
        third = owner.get(f"/sparkify/api/hours/{hour_label(troubled + 2 * HOUR)}").json()
        assert (third["state"], third["reload"], third["run"]) == ("missing", None, None)


@needs_browser
@pytest.mark.parametrize("visit", [("light", 1400), ("dark", 390)], ids=["light", "dark phone"], indirect=True)
def test_an_hour_whose_reload_failed_shows_its_plays_and_a_badge(
    visit: Visit, troubled: datetime, request: pytest.FixtureRequest
) -> None:
    page = visit.open(f"/sparkify/loads?since={troubled:%Y-%m-%d}&until={troubled + 7 * 24 * HOUR:%Y-%m-%d}")
    cell = page.get_by_role("button", name=re.compile(r"2018-10-05 00:00, loaded, reload failed, 3 plays"))
    expect(cell).to_have_text("3")
    expect(page.get_by_role("button", name=re.compile(r"2018-10-05 02:00, not loaded"))).to_be_visible()
    cell.click()
    expect(page.get_by_role("heading", name="2018-10-05 00:00 loaded reload failed")).to_be_visible()
    expect(page.get_by_text("what is shown is the load before")).to_be_visible()
    expect(page.get_by_text("From source line to play")).to_be_visible()
    expect(page.get_by_text("1 h not loaded again")).to_be_visible()
    visit.screenshot(f"loads-reload-failed-{request.node.callspec.id.replace(' ', '-')}", whole=True)
    visit.assert_sound()


def test_a_run_has_a_note_and_its_tasks_have_links(stack: Stack, loaded: datetime) -> None:
    runs = stack.api.pages(f"/dags/{DAG}/dagRuns", "dag_runs", order_by="-run_after")
    window = {run["conf"].get("window_start"): run for run in runs}
    note = window[loaded.isoformat()]["note"]
    assert re.fullmatch(r"5 lines of 1 file, 5 plays inserted, \d+\.\d s of COPY and publish", note)
    assert window[(loaded + 2 * HOUR).isoformat()]["note"].startswith("stage.stage_events failed: ")
    run_id = window[loaded.isoformat()]["dag_run_id"]
    links = stack.api.request("GET", f"/dags/{DAG}/dagRuns/{run_id}/taskInstances/stage.stage_events/links")
    found = links["extra_links"]
    assert found["Loads page"] == f"{stack.address}/plugin/sparkify-loads/sparkify/loads?hour=2018-10-03T00"
    assert found["Files in S3"].endswith("prefix=log_data/2018/10/03/00/")


@needs_browser
@pytest.mark.parametrize("visit", [("light", 1400), ("dark", 390)], ids=["light", "dark phone"], indirect=True)
def test_the_loads_page_shows_hours_and_one_in_detail(
    visit: Visit, loaded: datetime, request: pytest.FixtureRequest
) -> None:
    theme: Theme = "dark" if "dark" in request.node.name else "light"
    page = visit.open(f"/sparkify/loads?since={loaded:%Y-%m-%d}&until={loaded + 7 * 24 * HOUR:%Y-%m-%d}")
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    first = page.get_by_role("button", name=re.compile(r"2018-10-03 00:00, loaded, 5 plays"))
    expect(first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(r"2018-10-03 02:00, failed"))).to_have_text("✕")
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="2018-10-03 01:00 loaded")).to_be_visible()
    expect(page.get_by_text("ts counts seconds, not milliseconds")).to_be_visible()
    expect(page.get_by_role("link", name="Log of the load")).to_be_visible()
    assert "hour=2018-10-03T01" in page.url
    expect(page.locator(".chart canvas").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visit.screenshot(f"loads-{theme}", whole=True)
    visit.assert_sound()


@needs_browser
def test_the_loads_page_names_files_that_belong_to_no_hour(visit: Visit) -> None:
    """The answer is changed on its way: such files would be named by all other runs of these tests as well."""
    line = "object_uri s3://sparkify/log_data/2018/11/5/2/<b>e</b>.json, reason no partition of the layout has it"

    def add_files(route: Route) -> None:
        answer = route.fetch()
        unclaimed = {"hours": 2, "objects": 3, "sample": [line]}
        route.fulfill(response=answer, json={**answer.json(), "unclaimed": unclaimed})

    visit.page.route("**/sparkify/api/loads*", add_files)
    page = visit.open("/sparkify/loads")
    expect(page.locator("#unclaimed")).to_contain_text(line)
    expect(page.locator(".tiles")).to_contain_text("Files in no hour")
    visit.assert_sound()


@needs_browser
@pytest.mark.parametrize("visit", [("light", 1400), ("dark", 390)], ids=["light", "dark phone"], indirect=True)
def test_the_quality_and_listening_pages_show_answers_tables_and_sql(
    visit: Visit, loaded: datetime, request: pytest.FixtureRequest
) -> None:
    theme: Theme = "dark" if "dark" in request.node.name else "light"
    page = visit.open("/sparkify/quality")
    page.get_by_role("button", name="timestamps_valid").click()
    expect(page.get_by_text("Its query, which shows all offending rows")).to_be_visible()
    visit.screenshot(f"quality-{theme}", whole=True)
    page = visit.open(f"/sparkify/listening?since={loaded:%Y-%m-%d}&until={loaded + 24 * HOUR:%Y-%m-%d}")
    lacking = page.get_by_role("region", name="Most played songs that the catalogue lacks").first
    expect(lacking.locator("canvas")).to_be_visible()
    lacking.get_by_role("button", name="Table").click()
    expect(lacking.get_by_role("cell", name="Un<b>known</b>")).to_be_visible()  # the data's, as text
    lacking.get_by_role("button", name="SQL").click()
    expect(lacking.get_by_text("etl.play_deliveries")).to_be_visible()
    expect(page.get_by_role("region", name="Conversions").get_by_text("Nobody changed the level")).to_be_visible()
    expect(page.get_by_text("Loading …")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visit.screenshot(f"listening-{theme}", whole=True)
    visit.assert_sound()


@needs_browser
def test_empty_and_failing_answers_are_told_and_can_be_asked_for_again(visit: Visit, loaded: datetime) -> None:
    def fail(route: Route) -> None:
        route.fulfill(status=502, json={"detail": "The warehouse of connection 'w' did not answer: refused"})

    visit.page.route("**/api/loads*", fail)
    page = visit.open("/sparkify/loads")
    expect(page.get_by_role("alert")).to_contain_text("did not answer: refused")
    page.unroute("**/api/loads*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("grid", name="Hours by day")).to_be_visible()
    empty: dict[str, Any] = {"since": "2018-11-01T00:00:00Z", "until": "2018-11-02T00:00:00Z", "hours": []}
    empty |= {"newest_hour": None, "last_load_at": None, "may_trigger": False, "missing": 24}
    empty |= {
        "freshness": {
            "loaded_until": None,
            "due_until": "2018-11-02T00:00:00Z",
            "late_hours": 24,
            "deadline_minutes": 45,
        }
    }
    empty |= {"totals": {"source_lines": 0, "byte_count": 0, "rejected": 0}}
    page.route("**/api/loads*", lambda route: route.fulfill(json=empty))
    page.reload()
    expect(page.get_by_text("No hour of this period is loaded.").first).to_be_visible()
    expect(page.get_by_text("trigger sparkify_hourly, or unpause it")).to_be_visible()
    page.route("**/api/checks", lambda route: route.fulfill(json={"checks": [], "days": 90, "since": None}))
    visit.open("/sparkify/quality")
    expect(page.get_by_text("No check has run yet.")).to_be_visible()
    assert all("502" in complaint for complaint in visit.complaints)


@needs_browser
def test_a_person_triggers_a_window_by_the_form_and_follows_it_to_the_pages(
    visit: Visit, stack: Stack, bucket: SourceBucket, new_day: datetime, events: list[list[str]]
) -> None:
    bucket.put_events(new_day, events[0])
    page = visit.open(f"/dags/{DAG}")
    page.get_by_role("button", name="Show Graph").click()
    expect(page.locator(".react-flow__node").filter(has_text="open_staging").first).to_be_visible()
    visit.screenshot("graph")
    page.get_by_role("button", name="Trigger").first.click()
    form = page.locator("[role=dialog][data-scope=dialog][data-state=open]")
    for moment in (new_day, new_day + HOUR):
        _pick(page, moment)
    visit.screenshot("trigger")
    form.get_by_test_id("trigger-dag-submit").click()
    expect(form).to_have_count(0)
    run = _newest_run(stack)
    assert run["conf"]["window_start"].startswith(f"{new_day:%Y-%m-%d}T00:00")
    visit.open(f"/dags/{DAG}/runs/{run['dag_run_id']}")
    # The page turns green by itself: first its tasks, then the run.
    expect(page.get_by_text("Success").first).to_be_visible(timeout=180_000)
    expect(page.get_by_text("Running", exact=True)).to_have_count(0, timeout=180_000)
    visit.screenshot("run")
    visit.open(f"/plugin/sparkify-loads/sparkify/loads?hour={hour_label(new_day)}")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name=f"{new_day:%Y-%m-%d} 00:00 loaded")).to_be_visible()
    visit.screenshot("loads-in-airflow")
    frame.get_by_role("link", name="Log of the load").click()
    expect(page).to_have_url(re.compile(r"/dags/sparkify_hourly/runs/.*/tasks/publish"))
    expect(page.get_by_text("SQL as it ran").first).to_be_visible()  # a folded group of the log
    expect(page.get_by_text("From the source to the fact")).to_be_visible()
    visit.screenshot("log")
    page.get_by_role("link", name="SQL", exact=True).or_(page.get_by_role("tab", name="SQL", exact=True)).first.click()
    statements = page.frame_locator("iframe")
    expect(statements.locator(".sql .keyword", has_text="INSERT").first).to_be_visible()
    expect(statements.get_by_text("etl.load_ledger").first).to_be_visible()
    visit.screenshot("sql")
    visit.assert_sound()


@needs_browser
def test_the_dags_page_has_the_pages_and_they_follow_its_theme(visit: Visit, loaded: datetime) -> None:
    page = visit.open(f"/dags/{DAG}")
    page.get_by_role("link", name="Loads").or_(page.get_by_role("tab", name="Loads")).first.click()
    html = page.frame_locator("iframe").locator("html")
    expect(html).to_have_attribute("data-theme", "light")
    page.get_by_role("button", name="User").last.click()
    page.get_by_role("menuitem", name="Appearance").click()
    page.get_by_role("menuitemradio", name="Dark Mode").click()
    expect(html).to_have_attribute("data-theme", "dark")
    visit.screenshot("loads-of-the-dag")
    visit.assert_sound()


def _pick(page: Page, moment: datetime) -> None:
    """Choose a date and a time in the first field of the form that has none."""
    page.get_by_text("Select date and time").first.click()
    page.get_by_placeholder("YYYY/MM/DD").fill(f"{moment:%Y/%m/%d}")
    page.get_by_placeholder("HH:mm").fill(f"{moment:%H:%M}")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


def _newest_run(stack: Stack) -> dict[str, Any]:
    found = stack.api.request("GET", f"/dags/{DAG}/dagRuns", params={"order_by": "-run_after", "limit": 1})
    return dict(found["dag_runs"][0])
