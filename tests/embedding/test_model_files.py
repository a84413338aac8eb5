"""What of a model's files is rejected before a library reads them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from session_buddy.embedding import models
from session_buddy.embedding.model_files import check_data_only, hashes
from session_buddy.errors import ModelMissingError

BASIC = "sentence_transformers.models.Transformer"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    (folder / "1_Dense").mkdir(parents=True)
    write(folder / "config.json", {"model_type": "bert", "_name_or_path": "some/base"})
    write(folder / "modules.json", [{"idx": 0, "name": "0", "path": "", "type": BASIC}])
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


def rejection(folder: Path) -> str:
    with pytest.raises(ModelMissingError) as rejected:
        models.find(str(folder))
    assert "was not loaded" in str(rejected.value)
    return str(rejected.value)


@pytest.mark.parametrize(
    "kind",
    [
        BASIC,
        "sentence_transformers.models.Pooling",
        "sentence_transformers.models.Normalize",
        "sentence_transformers.base.modules.transformer.Transformer",
        "sentence_transformers.sentence_transformer.modules.pooling.Pooling",
        "sentence_transformers.base.modules.Dense",
    ],
)
def test_the_basic_modules_of_the_library_are_allowed(model: Path, kind: str) -> None:
    write(model / "modules.json", [{"path": "", "type": kind}])
    assert models.find(str(model)).folder == str(model)


@pytest.mark.parametrize(
    "kind",
    [
        "evil.Model",
        "os.system",
        "modeling_mine.Transformer",
        "sentence_transformers_evil.models.Transformer",
        "sentence_transformers.util.misc.importlib",
        "sentence_transformers.models.Router",
        "sentence_transformers.models.WordEmbeddings",
        "sentence_transformers.models.Transformer.load",
        " sentence_transformers.models.Transformer",
        "sentence_transformers.models.Transformer\n",
        "",
        None,
        7,
        [BASIC],
    ],
)
def test_a_module_of_another_origin_is_rejected(model: Path, kind: Any) -> None:
    write(model / "modules.json", [{"path": "", "type": kind}])
    assert "modules.json names the module" in rejection(model)


@pytest.mark.parametrize("path", ["../other", "a/../../b", "/etc", "..\\other"])
def test_a_module_folder_outside_of_the_model_is_rejected(model: Path, path: str) -> None:
    write(model / "modules.json", [{"path": path, "type": BASIC}])
    assert "outside of the model" in rejection(model)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config.json", {"auto_map": {"AutoModel": "modeling_evil.Model"}}),
        ("config.json", {"text_config": [{"auto_map": {"AutoConfig": "evil.Config"}}]}),
        ("tokenizer_config.json", {"auto_map": {"AutoTokenizer": ["evil.Tokenizer", None]}}),
        ("sentence_bert_config.json", {"model_args": {"trust_remote_code": True}}),
        ("sentence_bert_config.json", {"tokenizer_name_or_path": "other/model"}),
        ("config.json", {"base_model_name_or_path": "other/model"}),
        ("config.json", {"_attn_implementation": "owner/kernel"}),
        ("1_Dense/config.json", {"activation_function": "os.system"}),
        ("1_Dense/config.json", {"activation_function": "torch.utils.cpp_extension.load"}),
        ("adapter_config.json", {"base_model_name_or_path": "other/model"}),
        ("processor_config.json", {"auto_map": {"AutoProcessor": "evil.Processor"}}),
    ],
)
def test_a_configuration_that_brings_code_is_rejected(model: Path, name: str, content: Any) -> None:
    write(model / name, content)
    assert str(model / name) in rejection(model)


@pytest.mark.parametrize(
    "content",
    [
        {"auto_map": None, "attn_implementation": "sdpa"},
        {"activation_function": "gelu_new"},
        {"activation_function": "torch.nn.modules.activation.Tanh"},
        {"activation_function": "torch.nn.modules.linear.Identity"},
    ],
)
def test_a_configuration_of_plain_values_is_allowed(model: Path, content: Any) -> None:
    write(model / "1_Dense" / "config.json", content)
    assert models.find(str(model)).folder == str(model)


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "\x00", '{"a": 1} {}'])
def test_a_configuration_that_is_not_json_is_rejected(model: Path, text: str) -> None:
    (model / "tokenizer_config.json").write_text(text, encoding="utf-8")
    assert "is not valid JSON" in rejection(model)


def test_pickled_weights_without_safe_ones_are_rejected(model: Path) -> None:
    (model / "pytorch_model.bin").write_bytes(b"pickle")
    assert models.find(str(model)).folder == str(model)
    (model / "1_Dense" / "pytorch_model.bin").write_bytes(b"pickle")
    assert "is a pickle" in rejection(model)


@pytest.mark.parametrize("part", ["pytorch_model.bin", "../other.safetensors", "/etc/x.safetensors", 7, ["x"]])
def test_an_index_of_other_weights_is_rejected(model: Path, part: Any) -> None:
    index = model / "model.safetensors.index.json"
    write(index, {"metadata": {}, "weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}})
    assert models.find(str(model)).folder == str(model)
    write(index, {"weight_map": {"a": "model-1.safetensors", "b": part}})
    assert str(index) in rejection(model)


@pytest.mark.parametrize("target", ["/etc/hostname", "../outside.json", "nothing"])
def test_a_link_out_of_the_folder_or_to_nothing_is_rejected(model: Path, target: str) -> None:
    (model.parent / "outside.json").write_text("{}", encoding="utf-8")
    (model / "tokenizer.json").symlink_to(target)
    assert "is a link to" in rejection(model)


def test_a_link_within_the_folder_is_allowed(model: Path) -> None:
    (model / "tokenizer.json").symlink_to("config.json")
    assert models.find(str(model)).folder == str(model)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs on this system")
def test_a_fifo_among_the_files_is_rejected_without_waiting(model: Path) -> None:
    os.mkfifo(model / "tokenizer.json")
    assert "is not a regular file" in rejection(model)


@pytest.mark.parametrize("name", ["model.safetensors", "."])
def test_a_file_that_every_user_can_change_is_rejected(model: Path, name: str) -> None:
    (model / name).chmod(0o777)
    assert "can be changed by every user" in rejection(model)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs root to give files away")
@pytest.mark.parametrize("name", ["vocab.txt", "1_Dense", "."])
def test_a_file_of_another_user_is_rejected(model: Path, name: str) -> None:
    (model / "vocab.txt").touch()
    os.chown(model / name, 12345, -1)
    assert "belongs to another user (uid 12345)" in rejection(model)


def test_the_hashes_cover_files_of_every_depth(model: Path) -> None:
    (model / "1_Dense" / "deeper").mkdir()
    (model / "1_Dense" / "deeper" / ".hidden").write_bytes(b"")
    found = hashes(model)
    assert set(found) == {"config.json", "modules.json", "model.safetensors", "1_Dense/deeper/.hidden"}
    assert found["1_Dense/deeper/.hidden"] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_too_many_files_are_rejected(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("session_buddy.embedding.model_files.MAX_FILES", 2)
    with pytest.raises(ModelMissingError, match="more than 2 files"):
        check_data_only(model)
