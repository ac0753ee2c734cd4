from rdit_ext.session.manager import SessionManager


def test_a_run_keeps_the_server_from_being_taken_for_idle(jp_configurable_serverapp, monkeypatch):
    server = jp_configurable_serverapp({"ServerApp": {"jpserver_extensions": {"rdit_ext": True}}})
    app = server.extension_manager.extension_points["rdit"].app
    server.web_app.settings["last_activity_times"].clear()
    app._report_activity()
    assert app.current_activity() is None
    assert server.web_app.settings["last_activity_times"] == {}
    monkeypatch.setattr(SessionManager, "running", 1)
    app._report_activity()
    assert app.current_activity() == {"runs": 1}
    assert server.web_app.last_activity() == server.web_app.settings["last_activity_times"]["rdit"]
