"""Maps of the user's own: both decorators, names, recipes, and what is refused."""

import importlib
import inspect
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

import simplicity
from simplicity.maps import MLP, Perceptron
from simplicity.maps.locate import describe, find_map, rebuild

README = Path(__file__).parents[2] / "README.md"
BLOCKS = re.findall(r"```python\n# (my_\w+)\.py\n(.*?)```", README.read_text(), flags=re.DOTALL)


@pytest.fixture(autouse=True)
def no_files_loaded_before():
    yield
    for key in [key for key in sys.modules if key.startswith("simplicity_user_file:")]:
        del sys.modules[key]


@pytest.fixture
def readme_files(tmp_path):
    for name, code in BLOCKS:
        (tmp_path / f"{name}.py").write_text(code)
    return tmp_path


def test_both_maps_of_the_readme_are_one_map(readme_files):
    assert [name for name, _ in BLOCKS] == ["my_map", "my_kernel"]
    results = [
        simplicity.sample(find_map(f"{readme_files / name}.py:{name}")(n_inputs=3, width=4), 20_000, seed=3)
        for name, _ in BLOCKS
    ]
    counts = [dict(zip(r.functions[:, 0].tolist(), r.counts.tolist(), strict=True)) for r in results]
    moved = sum(abs(counts[0].get(f, 0) - counts[1].get(f, 0)) for f in counts[0] | counts[1])
    assert moved <= 20  # rounding may move a function now and then: at most one in a thousand draws
    assert len(results[0]) > 100


def write(tmp_path, name, code):
    path = tmp_path / f"{name}.py"
    path.write_text(textwrap.dedent(code))
    return f"{path}:{name}"


LINEAR = """
    import numpy as np
    import simplicity
    SCALE = 1.0
    def helper(x):
        return SCALE * x
    @simplicity.batch_map(n_params=lambda n_inputs: n_inputs)
    def linear(noise, inputs, /, shift: float = 0.0, widths: tuple[int, ...] = (1,)):
        return helper(noise @ inputs.T) + shift
"""


def test_a_recipe_rebuilds_the_map(tmp_path, monkeypatch):
    name = write(tmp_path, "linear", LINEAR)
    pf_map = find_map(name)(n_inputs=3, shift=0.5, widths=(2, 3))
    recipe = describe(pf_map)
    assert recipe["name"] == "linear.py:linear"
    monkeypatch.chdir(tmp_path)
    rebuilt = rebuild(recipe)
    assert repr(rebuilt) == repr(pf_map) == "linear(n_inputs=3, shift=0.5, widths=(2, 3))"


@pytest.mark.parametrize(
    "old, new",
    [
        ("SCALE = 1.0", "SCALE = 2.0"),
        ("SCALE * x", "SCALE * x * x"),
        ("+ shift", "- shift"),
        ("lambda n_inputs: n_inputs", "lambda n_inputs: n_inputs + 0"),
    ],
)
def test_a_change_of_the_code_changes_the_recipe(tmp_path, monkeypatch, old, new):
    before = describe(find_map(write(tmp_path, "linear", LINEAR))(n_inputs=3))
    after = describe(find_map(write(tmp_path, "linear", LINEAR.replace(old, new)))(n_inputs=3))
    assert before["source"] != after["source"] and before["name"] == after["name"]
    monkeypatch.chdir(tmp_path)
    with pytest.raises(simplicity.MapError, match="has changed"):
        rebuild(before)


def test_any_other_code_in_the_file_changes_the_recipe(tmp_path):
    before = describe(find_map(write(tmp_path, "linear", LINEAR))(n_inputs=3))
    after = describe(
        find_map(write(tmp_path, "linear", LINEAR + "\n    def plotting():\n        return 1\n"))(n_inputs=3)
    )
    assert before["source"] != after["source"]


def test_a_module_names_a_map(tmp_path, monkeypatch):
    write(tmp_path, "a_module_of_maps", LINEAR)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    pf_map = find_map("a_module_of_maps:linear")(n_inputs=2)
    assert describe(pf_map)["name"] == "a_module_of_maps:linear"


def test_an_unnamed_map_samples_saves_and_loads_but_neither_merges_nor_resumes(tmp_path):
    @simplicity.batch_map(n_params=2)
    def local(noise, inputs, /):
        return noise[:, :1] + noise[:, 1:] * inputs[:, 0]

    pf_map = local(n_inputs=2)
    path = tmp_path / "a.parquet"
    result = simplicity.sample(pf_map, 500, path=path)
    loaded = simplicity.load(path)
    assert np.array_equal(loaded.functions, result.functions)
    with pytest.raises(simplicity.MapError, match="no name"):
        _ = loaded.map
    with pytest.raises(ValueError, match="unnamed map"):
        _ = loaded + simplicity.sample(pf_map, 500, first_sample=500)
    with pytest.raises(ValueError, match="without a name cannot resume"):
        simplicity.sample(pf_map, 1000, path=path)


@pytest.mark.parametrize(
    "name, words",
    [
        ("mpl", "did you mean 'mlp'"),
        ("polynomial_threshold", "did you mean 'polynomial-threshold'"),
        ("nofile.py:f", "no file"),
        ("no_such_module:f", "cannot import module"),
        ("simplicity:sample", "not a map"),
        ("simplicity:no_such_thing", "has no 'no_such_thing'"),
    ],
)
def test_an_unknown_name_is_refused_in_words(name, words):
    with pytest.raises(ValueError, match=words):
        find_map(name)


def test_a_file_that_raises_is_refused(tmp_path):
    with pytest.raises(simplicity.MapError, match="ZeroDivisionError"):
        find_map(write(tmp_path, "bad", "1 / 0"))


def test_a_plain_function_is_refused_with_advice(tmp_path):
    with pytest.raises(simplicity.MapError, match="decorate the function"):
        find_map(write(tmp_path, "plain", "def plain(noise, inputs): return noise"))


def test_options_need_defaults_and_names():
    with pytest.raises(TypeError, match="needs a default value"):
        simplicity.batch_map(n_params=1)(lambda noise, inputs, width: noise)
    with pytest.raises(TypeError, match="options must be named"):
        simplicity.batch_map(n_params=1)(lambda noise, inputs, *widths: noise)
    with pytest.raises(TypeError, match="must take"):
        simplicity.kernel_map(n_params=1)(lambda noise, inputs: None)
    with pytest.raises(TypeError, match="cannot change"):
        simplicity.batch_map(n_params=1)(lambda noise, inputs, widths=[1]: noise)
    for taken in ("seed", "symmetries", "n_inputs", "label"):
        with pytest.raises(TypeError, match=f"{taken!r} is taken"):
            simplicity.batch_map(n_params=1)(eval(f"lambda noise, inputs, {taken}=1: noise"))


@pytest.mark.parametrize("size", [0, -1, 2.5, "3", None])
def test_a_bad_number_of_parameters_is_named(size):
    made = simplicity.batch_map(n_params=size)(lambda noise, inputs: noise)
    with pytest.raises(ValueError, match="n_params"):
        simplicity.sample(made(n_inputs=2), 10)


def test_a_class_instead_of_a_map_gets_advice():
    with pytest.raises(ValueError, match=r"make one: MLP\(n_inputs=7\)"):
        simplicity.sample(MLP, 10)


def test_bits_and_uniform_noise_reach_the_map():
    @simplicity.kernel_map(n_params=1, noise="bits", output="words")
    def table(noise, inputs, out, /):
        out[0] = noise[0] & np.uint64(255)

    @simplicity.batch_map(n_params=1, noise="uniform", precision="float64")
    def bounded(noise, inputs, /):
        assert noise.dtype == np.float64 and np.abs(noise).max() <= np.sqrt(3)
        return noise * np.ones(len(inputs))

    assert len(simplicity.sample(table(n_inputs=3), 20_000)) == 256
    assert len(simplicity.sample(bounded(n_inputs=3), 100)) == 2


def test_a_subclass_with_features_has_readouts():
    """A third party's batch map with a linear last layer: the perceptron's inputs as its features."""
    import dataclasses

    @dataclasses.dataclass(frozen=True)
    class Readable(simplicity.ParameterFunctionMap):
        n_inputs: int = 3

        @property
        def noise(self):
            return simplicity.Noise("normal", self.n_inputs + 1)

        @property
        def readout(self):
            return simplicity.LinearReadout(self.n_inputs, 1.0, 1.0)

        def evaluator(self):
            table = simplicity.functions.input_table(self.n_inputs).astype(np.float32)
            return simplicity.Batch(
                lambda z: z[:, :-1] @ table.T + z[:, -1:],
                features=lambda z: np.broadcast_to(table.T, (len(z), *table.T.shape)),
            )

    result = simplicity.sample(Readable(), 30_000, readouts=8)
    plain = simplicity.sample(Perceptron(3), 30_000, seed=1)
    assert set(result.functions[:, 0].tolist()) <= set(plain.functions[:, 0].tolist())
    assert len(result) >= 100


def test_a_torch_module_has_the_law_of_the_same_network():
    torch = pytest.importorskip("torch")
    from simplicity.checks import check_map, homogeneity

    @simplicity.torch_map
    def network(n_inputs, /, width: int = 6):
        return torch.nn.Sequential(
            torch.nn.Linear(n_inputs, width), torch.nn.ReLU(), torch.nn.Linear(width, 1)
        )

    state = torch.get_rng_state()
    pf_map = network(n_inputs=3, width=5)
    assert all(check.passed for check in check_map(pf_map))
    assert torch.equal(state, torch.get_rng_state())
    ours = simplicity.sample(MLP(3, (5,)), 30_000, seed=1)
    theirs = simplicity.sample(pf_map, 30_000, seed=2)
    # Fixed seeds; false-alarm rate 1e-4. Another width must fail it.
    assert homogeneity(ours.functions, ours.counts, theirs.functions, theirs.counts) > 1e-4
    other = simplicity.sample(network(n_inputs=3, width=1), 30_000, seed=2)
    assert homogeneity(ours.functions, ours.counts, other.functions, other.counts) < 1e-9


@pytest.mark.parametrize("name", ["sample", "batch_map", "kernel_map", "torch_map", "Result"])
def test_public_names_have_a_docstring_with_an_example(name):
    assert ">>>" in inspect.getdoc(getattr(simplicity, name))


def test_numpy_options_are_plain_data_in_recipes(tmp_path):
    pf_map = MLP(3, (np.int64(4),), weight_std=np.float32(2))
    path = tmp_path / "a.parquet"
    simplicity.sample(pf_map, 100, path=path)
    assert simplicity.load(path).map == MLP(3, (4,), weight_std=2.0)

    @simplicity.batch_map(n_params=1)
    def optional(noise, inputs, /, table: object = None):
        return noise + 0 * inputs[:, 0]

    with pytest.raises(ValueError, match="numbers, text or lists"):
        simplicity.sample(optional(n_inputs=2, table={1, 2}), 10, path=tmp_path / "b.parquet")
    simplicity.sample(optional(n_inputs=2), 10)


def test_a_script_that_loads_its_own_result_does_not_run_again(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            """
            import simplicity
            print("running")
            @simplicity.batch_map(n_params=2)
            def mine(noise, inputs, /):
                return noise[:, :1] + noise[:, 1:] * inputs[:, 0]
            if __name__ == "__main__":
                simplicity.sample(mine(n_inputs=2), 100, path="mine.parquet")
                print(simplicity.load("mine.parquet").noise_of("0011").sample)
            """
        )
    )
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("running") == 1


def test_an_entry_point_publishes_a_map(tmp_path, monkeypatch):
    write(tmp_path, "published_maps", LINEAR)
    metadata = tmp_path / "published_maps-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: published-maps\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[simplicity.maps]\nmy-linear = published_maps:linear\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    assert find_map("my-linear")(n_inputs=2).noise.size == 2
    with pytest.raises(ValueError, match="did you mean 'my-linear'"):
        find_map("my-linaer")
