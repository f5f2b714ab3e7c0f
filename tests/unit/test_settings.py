import pytest

from sheets_agent.errors import UsageError
from sheets_agent.settings import Settings, config_dir, config_file, load


def configure(text):
    config_file().parent.mkdir(parents=True, exist_ok=True)
    config_file().write_text(text)


def error_of(**given):
    with pytest.raises(UsageError) as caught:
        load(**given)
    return caught.value


def test_defaults():
    settings = load()
    assert settings == Settings()
    assert settings.model == "gigachat:GigaChat-2-Max"
    assert (settings.approve, settings.planner, settings.search.samples) == ("risky", "auto", 3)
    assert settings.api_endpoint == "https://sheets.googleapis.com"


def test_the_caller_comes_before_the_environment_and_that_before_the_file(monkeypatch):
    configure('model = "a:file"\napprove = "always"\nmax_rounds = 5\n')
    monkeypatch.setenv("SHEETS_AGENT_MODEL", "a:environment")
    monkeypatch.setenv("SHEETS_AGENT_APPROVE", "never")
    settings = load(model="a:caller")
    assert (settings.model, settings.approve, settings.max_rounds) == ("a:caller", "never", 5)


def test_what_the_caller_leaves_out_is_not_given():
    assert load(model=None, approve=None) == Settings()


def test_models_by_role_come_together_from_everywhere(monkeypatch):
    configure('[models]\nvoter = "a:file"\nplanner = "a:file"\n')
    monkeypatch.setenv("SHEETS_AGENT_MODELS__EXECUTOR", "a:environment")
    settings = load(models={"planner": "a:caller"})
    assert settings.models == {"voter": "a:file", "executor": "a:environment", "planner": "a:caller"}


def test_prices_are_tables_of_three(monkeypatch):
    configure('[prices]\n"openai:gpt-5" = [1.25, 0.125, 10.0]\n')
    assert load().prices == {"openai:gpt-5": (1.25, 0.125, 10.0)}


def test_a_dot_env_file_of_the_working_folder_is_not_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("SHEETS_AGENT_MODEL=evil:model\n")
    assert load().model == "gigachat:GigaChat-2-Max"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"approve": "sometimes"}, "approve"),
        ({"search": {"samples": 0}}, "search"),
        ({"planner": "guess"}, "planner"),
        ({"locale": "Russian"}, "locale"),
        ({"reflectors": ["nobody"]}, "reflectors"),
        ({"model": ""}, "model"),
        ({"api_endpoint": "ftp://127.0.0.1"}, "api_endpoint"),
        ({"api_endpoint": "127.0.0.1:8765"}, "api_endpoint"),
    ],
)
def test_a_value_that_is_not_allowed_names_the_setting_and_its_sources(given, name):
    error = error_of(**given)
    assert name in str(error)
    assert f"SHEETS_AGENT_{name.upper()}" in error.hint


def test_a_setting_that_does_not_exist():
    configure("modle = 1\n")
    assert "There is no setting “modle”" in str(error_of())


def test_a_broken_file_is_named():
    configure("model = \n")
    error = error_of()
    assert str(config_file()) in str(error)
    assert error.exit_code == 2


def test_broken_json_in_the_environment(monkeypatch):
    monkeypatch.setenv("SHEETS_AGENT_MODELS", "{planner}")
    assert "JSON" in error_of().hint


def test_the_folder_can_be_chosen(tmp_path, monkeypatch):
    monkeypatch.setenv("SHEETS_AGENT_CONFIG_DIR", str(tmp_path))
    assert config_dir() == tmp_path


def test_settings_are_frozen():
    with pytest.raises(ValueError, match="frozen"):
        load().model = "a:b"
