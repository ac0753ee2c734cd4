"""A user's settings, kept in a file of Jupyter's configuration."""

import json
import threading

import pytest

from rdit_ext.documents.user_settings import MAX_BYTES, UserSettings
from rdit_ext.errors import RditError, TooLarge


@pytest.fixture
def file(server):
    """The server's file of settings, which is gone after the test."""
    path = server.log.parent / "config/rdit/settings.json"
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


def patch(server, **settings):
    return server.request("PATCH", "settings", json={"settings": settings})


def test_there_are_none_before_any_is_set_and_reading_makes_no_file(server, file):
    assert server.get("settings").json() == {"settings": {}}
    assert not file.exists()


def test_what_is_set_is_kept_and_null_forgets_it(server, file):
    answer = patch(server, theme="dark", fontSize=15, wrap=True, **{"key:rdit:run": ["F9"]})
    kept = {"theme": "dark", "fontSize": 15, "wrap": True, "key:rdit:run": ["F9"]}
    assert answer.json() == server.get("settings").json() == {"settings": kept}
    assert json.loads(file.read_text()) == kept
    assert patch(server, theme=None, nothing=None).json()["settings"] == {
        name: value for name, value in kept.items() if name != "theme"
    }


def test_two_who_change_different_settings_do_not_undo_each_other(server, file):
    patch(server, theme="dark")
    patch(server, fontSize=15)
    assert server.get("settings").json()["settings"] == {"theme": "dark", "fontSize": 15}
    patch(server, theme="light")
    assert server.get("settings").json()["settings"] == {"theme": "light", "fontSize": 15}


def test_what_others_wrote_stays_in_the_file(server, file):
    theirs = {"ofAnotherVersion": {"a": [1, {"b": None}]}, "theme": "dark"}
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(theirs))
    assert server.get("settings").json() == {"settings": {"theme": "dark"}}
    patch(server, wrap=True)
    assert json.loads(file.read_text()) == {**theirs, "wrap": True}


@pytest.mark.parametrize("text", ["", "{", "[]", '"text"', "{'theme': 'dark'}", "[" * 100_000])
def test_a_file_that_cannot_be_read_is_said_and_left_alone(server, file, text):
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    for answer in (server.get("settings"), patch(server, theme="dark")):
        assert answer.status_code == 500
        assert str(file) in answer.json()["message"]
    assert file.read_text() == text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("[]", "Expected `object`"),
        ("{}", "Expected the required field `settings`, got an empty object"),
        ('{"settings": []}', "got `array` []"),
        ('{"settings": {"theme": {}}}', "got `object` - at `$.settings[...]`"),
        ('{"settings": {"theme": [1]}}', "Expected `str`"),
        ('{"settings": {"": 1}}', 'got {"": 1} - at `$.settings`'),
        ('{"settings": {"../x": 1}}', 'got {"../x": 1} - at `$.settings`'),
        ('{"settings": {"x": NaN}}', "Expected JSON"),
        ('{"settings": {}, "more": 1}', "Expected no such field"),
    ],
)
def test_what_is_no_setting_is_refused_and_nothing_changes(server, file, body, said):
    patch(server, theme="dark")
    answer = server.request("PATCH", "settings", data=body)
    assert (answer.status_code, said in answer.json()["message"]) == (400, True), answer.text
    assert json.loads(file.read_text()) == {"theme": "dark"}


def test_more_than_the_file_may_hold_is_refused_and_nothing_changes(server, file):
    patch(server, theme="dark")
    answer = patch(server, **{f"text{n}": "x" * 1000 for n in range(MAX_BYTES // 1000)})
    assert answer.status_code == 413
    assert json.loads(file.read_text()) == {"theme": "dark"}
    with pytest.raises(TooLarge, match=str(MAX_BYTES)):
        UserSettings(file).update({"x": "x" * MAX_BYTES})


def test_where_nothing_can_be_written_it_is_said(tmp_path):
    (tmp_path / "taken").write_text("")
    store = UserSettings(tmp_path / "taken/settings.json")
    with pytest.raises(RditError, match=r"taken/settings\.json"):
        store.update({"theme": "dark"})


def test_changes_at_the_same_time_are_all_kept(tmp_path):
    store = UserSettings(tmp_path / "settings.json")
    threads = [threading.Thread(target=store.update, args=({f"n{n}": n},)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.read() == {f"n{n}": n for n in range(20)}
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]
