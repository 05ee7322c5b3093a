"""`psa bench api` in its short form: both sides answer, and alike."""

import json

import pytest

from infra.bench_api.load import Call, ask, per_second
from infra.bench_api.run import Figure, measure_api, same
from infra.local.home import Home
from infra.local.ports import free_port
from tests.conftest import Built


def test_both_sides_answer_alike_and_are_counted(cluster: Home, built: Built) -> None:
    told: list[str] = []
    figures = measure_api(cluster, rounds=1, seconds=0.3, report=told.append, history=built.files)
    assert [figure.name for figure in figures] == ["list of 50", "get", "create"]
    assert len(told) == 3
    for figure in figures:
        assert figure.ours > 0
        assert figure.bare > 0
        # how large it is tells the machine; that it is far from any measurement would tell the benchmark
        assert 0.05 < figure.ratio < 5


def test_the_ratio_is_the_median_of_the_rounds() -> None:
    assert Figure("get", 1.0, 2.0, (0.1, 0.5, 0.9)).ratio == 0.5


def test_different_answers_are_refused() -> None:
    made, other = (
        {"id": n, "number": n, "opened_at": n, "subject": "x", "priority": p} for n, p in ((1, "p1"), (2, "p2"))
    )
    with pytest.raises(RuntimeError, match="create is answered differently"):
        same("create", 201, (201, json.dumps(made).encode()), (201, json.dumps(other).encode()))
    same("create", 201, (201, json.dumps(made).encode()), (201, json.dumps(made | {"id": 3}).encode()))
    with pytest.raises(RuntimeError, match="get was answered with 401 and 200"):
        same("get", 200, (401, b"{}"), (200, b"{}"))


def test_where_nobody_answers_nothing_is_measured() -> None:
    port = free_port()
    with pytest.raises(RuntimeError, match="ConnectionRefusedError"):
        per_second(port, lambda: Call("GET", "/"), 200, 0.1)
    with pytest.raises(ConnectionRefusedError):
        ask(port, Call("GET", "/"))
