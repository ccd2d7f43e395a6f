"""The runner of the benchmarks finds what can be run and tells what failed."""

import benchmarks.__main__ as runner


def test_it_finds_modules_with_a_main(tmp_path, monkeypatch):
    (tmp_path / "intake.py").write_text("def main():\n    return None\n")
    (tmp_path / "helpers.py").write_text("def build():\n    return 1\n")
    (tmp_path / "_data.py").write_text("def main():\n    return None\n")
    monkeypatch.setattr(runner, "HERE", tmp_path)
    assert runner.names() == ["intake"]


def test_a_missed_mark_fails_the_run(tmp_path, monkeypatch, capfd):
    package = tmp_path / "benchmarks"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "good.py").write_text("def main():\n    print('12 per second')\n")
    (package / "bad.py").write_text("def main():\n    return 1\n")
    monkeypatch.setattr(runner, "HERE", package)
    assert runner.main(["good"]) == 0
    assert "12 per second" in capfd.readouterr().out
    assert runner.main([]) == 1
    assert "failed: bad" in capfd.readouterr().out


def test_an_unknown_name_is_told(capsys):
    assert runner.main(["no-such"]) == 2
    assert "no benchmark no-such" in capsys.readouterr().err
