"""Answers of small networks in Hugging Face's layouts from PyTorch, for torch_test.go.

Run with Debian's python3-torch (1.13) and keep the output:
    /usr/bin/python3 torch_huggingface.py > torch_huggingface.json

The networks are written here from the papers (BERT arXiv 1810.04805, DistilBERT 1910.01108, RoBERTa 1907.11692,
sentence-BERT 1908.10084, ViT 2010.11929) with the names of the hub's checkpoints, in float64. Weights come from a
formula that torch_test.go has too: element i of tensor number k.
"""
import json
import math
import numpy as np
import torch
import torch.nn.functional as F


def mix(x):
    """lowbias32 (Chris Wellons, "Prospecting for Hash Functions"), on uint32."""
    x = x ^ (x >> np.uint32(16))
    x = x * np.uint32(0x7FEB352D)
    x = x ^ (x >> np.uint32(15))
    x = x * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def unit(k, n):
    """n numbers in [-1, 1), exact in float32."""
    bits = mix(np.arange(n, dtype=np.uint32) + mix(np.array([k], np.uint32)))
    return (bits >> np.uint32(8)).astype(np.float64) / (1 << 23) - 1


class Net:
    """Hands out tensors and remembers them."""

    def __init__(self, prefix):
        self.prefix, self.tensors = prefix, []

    def take(self, name, shape, middle, reach):
        k = len(self.tensors)
        self.tensors.append({"name": name, "shape": shape, "middle": middle, "reach": reach})
        v = (middle + reach * unit(k, math.prod(shape))).astype(np.float32).astype(np.float64)
        return torch.from_numpy(v).reshape(*shape)

    def linear(self, x, name, out):
        n = x.shape[-1]
        return F.linear(x, self.take(name + ".weight", [out, n], 0, math.sqrt(3 / n)), self.take(name + ".bias", [out], 0, 0.25))

    def norm(self, x, name, eps):
        n = x.shape[-1]
        return F.layer_norm(x, [n], self.take(name + ".weight", [n], 1, 0.25), self.take(name + ".bias", [n], 0, 0.25), eps)

    def attend(self, x, names, heads, back):
        t, d = x.shape
        q, k, v = (self.linear(x, n, d).reshape(t, heads, d // heads).transpose(0, 1) for n in names)
        y = F.softmax(q @ k.transpose(1, 2) / math.sqrt(d // heads), -1) @ v
        return self.linear(y.transpose(0, 1).reshape(t, d), back, d)


def encoder(net, c, ids, roberta=False):
    d, eps = c["hidden_size"], c["layer_norm_eps"]
    p, skipped = net.prefix, 2 if roberta else 0
    words = net.take(p + "embeddings.word_embeddings.weight", [c["vocab_size"], d], 0, 1)
    places = net.take(p + "embeddings.position_embeddings.weight", [c["max_position_embeddings"], d], 0, 1)
    kinds = net.take(p + "embeddings.token_type_embeddings.weight", [c["type_vocab_size"], d], 0, 1)
    x = words[ids] + places[skipped:skipped + len(ids)] + kinds[0]
    x = net.norm(x, p + "embeddings.LayerNorm", eps)
    for i in range(c["num_hidden_layers"]):
        b = f"{p}encoder.layer.{i}."
        y = net.attend(x, [b + "attention.self." + n for n in ("query", "key", "value")], c["num_attention_heads"],
                       b + "attention.output.dense")
        x = net.norm(x + y, b + "attention.output.LayerNorm", eps)
        y = net.linear(F.gelu(net.linear(x, b + "intermediate.dense", c["intermediate_size"])), b + "output.dense", d)
        x = net.norm(x + y, b + "output.LayerNorm", eps)
    return x


def distil(net, c, ids):
    d, p = c["dim"], "distilbert."
    words = net.take(p + "embeddings.word_embeddings.weight", [c["vocab_size"], d], 0, 1)
    places = net.take(p + "embeddings.position_embeddings.weight", [c["max_position_embeddings"], d], 0, 1)
    x = net.norm(words[ids] + places[:len(ids)], p + "embeddings.LayerNorm", 1e-12)
    for i in range(c["n_layers"]):
        b = f"{p}transformer.layer.{i}."
        y = net.attend(x, [b + "attention." + n for n in ("q_lin", "k_lin", "v_lin")], c["n_heads"], b + "attention.out_lin")
        x = net.norm(x + y, b + "sa_layer_norm", 1e-12)
        y = net.linear(F.gelu(net.linear(x, b + "ffn.lin1", c["hidden_dim"])), b + "ffn.lin2", d)
        x = net.norm(x + y, b + "output_layer_norm", 1e-12)
    return x


def vit(net, c, picture):
    d, size, p, eps = c["hidden_size"], c["patch_size"], "vit.", c["layer_norm_eps"]
    n = (c["image_size"] // size) ** 2 + 1
    first = net.take(p + "embeddings.cls_token", [1, 1, d], 0, 1)
    places = net.take(p + "embeddings.position_embeddings", [1, n, d], 0, 1)
    kernel = net.take(p + "embeddings.patch_embeddings.projection.weight", [d, 3, size, size], 0, 0.25)
    bias = net.take(p + "embeddings.patch_embeddings.projection.bias", [d], 0, 0.25)
    squares = F.conv2d(picture, kernel, bias, stride=size).flatten(2).transpose(1, 2)
    x = (torch.cat([first, squares], 1) + places)[0]
    for i in range(c["num_hidden_layers"]):
        b = f"{p}encoder.layer.{i}."
        y = net.norm(x, b + "layernorm_before", eps)
        x = x + net.attend(y, [b + "attention.attention." + n for n in ("query", "key", "value")], c["num_attention_heads"],
                           b + "attention.output.dense")
        y = net.norm(x, b + "layernorm_after", eps)
        x = x + net.linear(F.gelu(net.linear(y, b + "intermediate.dense", c["intermediate_size"])), b + "output.dense", d)
    return net.norm(x, p + "layernorm", eps)


IDS = [2, 5, 9, 4, 7, 3]  # [CLS] w5 w9 w4 w7 [SEP]
TEXT = "w5 w9 w4 w7"
BERT = {"model_type": "bert", "vocab_size": 12, "hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 3,
        "intermediate_size": 20, "max_position_embeddings": 24, "type_vocab_size": 2, "layer_norm_eps": 1e-12,
        "hidden_act": "gelu", "pad_token_id": 0}


def labels(*names):
    return {str(i): n for i, n in enumerate(names)}


def bert_classifier():
    net, c = Net("bert."), dict(BERT, architectures=["BertForSequenceClassification"], id2label=labels("bad", "good", "other"))
    x = torch.tanh(net.linear(encoder(net, c, IDS)[0], "bert.pooler.dense", 12))
    return c, {}, net, F.softmax(net.linear(x, "classifier", 3), -1)


def distilbert_classifier():
    c = {"model_type": "distilbert", "architectures": ["DistilBertForSequenceClassification"], "vocab_size": 12, "dim": 8,
         "n_layers": 2, "n_heads": 2, "hidden_dim": 16, "max_position_embeddings": 16, "activation": "gelu",
         "id2label": labels("NEGATIVE", "POSITIVE")}
    net = Net("distilbert.")
    x = F.relu(net.linear(distil(net, c, IDS)[0], "pre_classifier", 8))
    return c, {}, net, F.softmax(net.linear(x, "classifier", 2), -1)


def roberta_classifier():
    c = dict(BERT, model_type="roberta", layer_norm_eps=1e-5, pad_token_id=1, type_vocab_size=1,
             architectures=["RobertaForSequenceClassification"], id2label=labels("a", "b"))
    net = Net("roberta.")
    x = torch.tanh(net.linear(encoder(net, c, IDS, True)[0], "classifier.dense", 12))
    return c, {}, net, F.softmax(net.linear(x, "classifier.out_proj", 2), -1)


def sentence(mean):
    c, net = dict(BERT, architectures=["BertModel"]), Net("")
    x = encoder(net, c, IDS)
    x = x.mean(0) if mean else x[0]
    kind = "sentence_transformers.models."
    files = {"modules.json": [{"type": kind + "Transformer", "path": ""}, {"type": kind + "Pooling", "path": "1_Pooling"},
                              {"type": kind + "Normalize", "path": "2_Normalize"}],
             "1_Pooling/config.json": {"word_embedding_dimension": 12, "pooling_mode_cls_token": not mean,
                                       "pooling_mode_mean_tokens": mean},
             "sentence_bert_config.json": {"max_seq_length": 20}}
    return c, files, net, x / x.norm()


def vit_classifier():
    c = {"model_type": "vit", "architectures": ["ViTForImageClassification"], "hidden_size": 12, "num_hidden_layers": 2,
         "num_attention_heads": 3, "intermediate_size": 20, "image_size": 12, "patch_size": 4, "num_channels": 3,
         "hidden_act": "gelu", "layer_norm_eps": 1e-12, "id2label": labels("cat", "dog", "hen")}
    net = Net("vit.")
    mean, std = [0.4, 0.5, 0.6], [0.2, 0.25, 0.3]
    picture = torch.from_numpy((unit(1 << 20, 3 * 12 * 12) + 1) / 2).reshape(1, 12, 12, 3).permute(0, 3, 1, 2)
    x = (picture - torch.tensor(mean).double().reshape(1, 3, 1, 1)) / torch.tensor(std).double().reshape(1, 3, 1, 1)
    x = vit(net, c, x)[0]
    return c, {"preprocessor_config.json": {"image_mean": mean, "image_std": std, "size": 12, "resample": 2}}, net, \
        F.softmax(net.linear(x, "classifier", 3), -1)


def main():
    cases = {"bert classifier": bert_classifier(), "distilbert classifier": distilbert_classifier(),
             "roberta classifier": roberta_classifier(), "sentences by mean": sentence(True),
             "sentences by first token": sentence(False), "vit classifier": vit_classifier()}
    out = [{"name": name, "config": c, "files": files, "text": TEXT, "tensors": net.tensors, "output": y.tolist()}
           for name, (c, files, net, y) in cases.items()]
    print(json.dumps(out, indent=1))


main()
