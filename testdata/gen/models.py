#!/usr/bin/env python3
"""Makes the binary model files under core/format/{hdf5,savedmodel,onnx,flax,tflite}/testdata
and core/detect/kerascode/testdata.

Needs h5py, onnx, keras, tensorflow-cpu, tf_keras, jax, flax, msgpack (versions used: 3.14, 1.22, 3.15,
2.21, 2.21, 0.10, 0.12, 1.2). Payloads only print "taster-sample" or name a file.

    python3 testdata/gen/models.py [hdf5 savedmodel onnx flax tflite kerasconfig]
"""
import os
import shutil
import sys
import tempfile
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["KERAS_BACKEND"] = "tensorflow"

import numpy as np

FORMAT = Path(__file__).resolve().parents[2] / "core" / "format"


def folder(*parts):
    p = FORMAT.joinpath(*parts, "testdata")
    p.mkdir(parents=True, exist_ok=True)
    return p


def neutral(f):
    """f without the path of this file in its bytecode."""
    f.__code__ = f.__code__.replace(co_filename="sample.py")
    return f


def hdf5():
    import h5py

    out = folder("hdf5")
    rng = np.random.default_rng(1)
    x = rng.normal(size=(4, 3)).astype("f4")

    def fill(f):
        f.attrs["fixed"] = np.bytes_(b"fixed text")
        f.attrs["variable"] = "variable text, \u00e9"
        f.attrs["numbers"] = np.arange(3, dtype="i4")
        f.attrs["names"] = np.array([b"dense", b"dense_1"])
        f.attrs["vlen names"] = ["kernel", "bias"]
        g = f.create_group("layers/dense")
        g["kernel"] = x
        g["bias"] = np.zeros(3, "f8")
        g["half"] = np.ones((2, 2), "f2")
        g["big"] = np.arange(4, dtype=">i2")
        g["flags"] = np.array([True, False])
        g["scalar"] = np.int64(7)
        g.create_dataset("chunked", data=np.zeros((64, 8), "f4"), chunks=(16, 8), compression="gzip")
        g.create_dataset("compact", data=x, dtype="f4")
        g.create_dataset("text", data="a text")
        f["soft"] = h5py.SoftLink("/layers/dense/kernel")

    for name, bound in (("earliest", ("earliest", "v108")), ("v110", ("v110", "v110")), ("latest", ("latest", "latest"))):
        with h5py.File(out / f"{name}.h5", "w", libver=bound) as f:
            fill(f)
    with h5py.File(out / "userblock.h5", "w", userblock_size=1024) as f:
        f["x"] = x
    with h5py.File(out / "many.h5", "w", libver="latest") as f:  # dense links and attributes
        for i in range(40):
            f[f"d{i}"] = np.full(2, i, "f4")
            f.attrs[f"a{i}"] = f"value {i}"
    with h5py.File(out / "many-old.h5", "w", libver=("earliest", "v108")) as f:  # a B-tree of two nodes
        for i in range(40):
            f[f"d{i}"] = np.full(2, i, "f4")
    with h5py.File(out / "outside.h5", "w") as f:
        f["link"] = h5py.ExternalLink("/etc/passwd", "/x")
        f.create_dataset("storage", (16,), "u1", external=[("/etc/passwd", 0, 16)])
        layout = h5py.VirtualLayout((4,), "f4")
        layout[:] = h5py.VirtualSource("../secret.h5", "x", (4,))
        f.create_virtual_dataset("virtual", layout)
    with h5py.File(out / "cycle.h5", "w") as f:
        f["a/b"] = x
        f["a/up"] = f["/"]
        f["a/again"] = f["a"]
    with h5py.File(out / "pickled.h5", "w") as f:  # as PyTables writes attributes
        f.attrs["obj"] = np.bytes_(b"\x80\x04cbuiltins\nprint\n(Vtaster-sample\ntR.")
        f.attrs["sentence"] = np.bytes_(b"This is no pickle.")
        d = f.create_dataset("objects", (0,), dtype=h5py.vlen_dtype("u1"), maxshape=(None,), chunks=(1,))
        d.attrs["PSEUDOATOM"] = np.bytes_(b"object")
    with h5py.File(out / "huge-attribute.h5", "w", libver="latest") as f:
        f.attrs["model_config"] = np.bytes_(b'{"class_name": "Sequential", "config": "' + b"z" * 70000 + b'"}')
        f["type"] = np.dtype("f4")
        f.create_dataset("committed", (2,), dtype=f["type"], data=[1, 2])
        f["committed"].attrs.create("unit", "m", dtype=h5py.string_dtype())
    keras_h5(out)


def keras_h5(out):
    import keras
    import tf_keras

    for lib, tag in ((keras, "keras3"), (tf_keras, "keras2")):
        lib.utils.set_random_seed(1)
        m = lib.Sequential([lib.layers.Input((4,)), lib.layers.Dense(3, activation="relu"), lib.layers.BatchNormalization(), lib.layers.Dense(2)])
        m.compile("adam", "mse")
        m.save(out / f"{tag}.h5")
        m = lib.Sequential([lib.layers.Input((4,)), lib.layers.Lambda(neutral(lambda x: print("taster-sample") or x))])
        m.save(out / f"{tag}-lambda.h5")
    lib = keras
    lib.utils.set_random_seed(1)
    m = lib.Sequential([lib.layers.Input((4,)), lib.layers.Dense(3)])
    m.save_weights(out / "keras3.weights.h5")


def kerasconfig():
    """Descriptions of ordinary models (ok-*), of models with custom code, and of ones with Lambda layers."""
    import keras
    import tf_keras

    out = FORMAT.parent / "detect" / "kerasconfig" / "testdata"
    out.mkdir(parents=True, exist_ok=True)
    for tag, lib in (("keras3", keras), ("keras2", tf_keras)):
        L = lib.layers

        def save(name, m):
            (out / f"{name}-{tag}.json").write_text(m.to_json())

        save("ok-cnn", lib.Sequential([L.Input((8, 8, 3)), L.Conv2D(4, 3, activation="relu", kernel_regularizer=lib.regularizers.L2(0.1)), L.BatchNormalization(),
                                       L.MaxPooling2D(), L.Flatten(), L.Dropout(0.5), L.Dense(10, activation="softmax")]))
        x = L.Input((6, 8))
        y = L.MultiHeadAttention(2, 4)(x, x)
        y = L.LayerNormalization()(L.Add()([x, y]))
        y = L.Bidirectional(L.LSTM(4, return_sequences=True))(y)
        y = L.TimeDistributed(L.Dense(3, activation=lib.activations.gelu))(y)
        y = y * 2.0 + 1.0
        save("ok-functional", lib.Model(x, L.GlobalAveragePooling1D()(y)))
        inner = lib.Sequential([L.Input((4,)), L.Dense(2)])
        x = L.Input((4,))
        save("ok-nested", lib.Model(x, L.Concatenate()([inner(x), L.Activation("tanh")(x)])))
        save("ok-mobilenet", lib.applications.MobileNetV2(input_shape=(32, 32, 3), weights=None, classes=2))
        words = L.TextVectorization(vocabulary=["a", "b"], output_mode="int")
        save("ok-words", lib.Sequential([L.Input((1,), dtype="string"), words, L.Embedding(5, 2)]))
        f = neutral(lambda x: print("taster-sample") or x)
        save("lambda", lib.Sequential([L.Input((6, 4)), L.Lambda(f)]))
        nested = lib.Sequential([L.Input((4,)), L.Lambda(f, output_shape=(4,))])
        save("lambda-wrapped", lib.Sequential([L.Input((6, 4)), L.TimeDistributed(nested)]))

        def twice(x):
            return x * 2

        save("named-function", lib.Sequential([L.Input((6, 4)), L.Lambda(neutral(twice), output_shape=(6, 4))]))

        @lib.saving.register_keras_serializable(package="acme")
        class Own(L.Layer):
            def call(self, x):
                return x

        save("own-layer", lib.Sequential([L.Input((6, 4)), Own()]))
    m = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(2), keras.layers.Lambda(keras.ops.relu)])
    m.compile("adam", keras.losses.MeanSquaredError(), metrics=["accuracy", keras.metrics.AUC()])
    import json

    (out / "ok-compiled-keras3.json").write_text(json.dumps(keras.saving.serialize_keras_object(m)))


def savedmodel():
    import tensorflow as tf

    out = folder("savedmodel")

    def save(name, obj, **kw):
        with tempfile.TemporaryDirectory() as d:
            tf.saved_model.save(obj, d, **kw)
            shutil.copy(Path(d) / "saved_model.pb", out / name)

    class Plain(tf.Module):
        def __init__(self):
            self.w = tf.Variable(tf.ones((4, 2)))

        @tf.function(input_signature=[tf.TensorSpec((None, 4))])
        def __call__(self, x):
            return tf.nn.relu(x @ self.w)

    class Files(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((None, 4))])
        def __call__(self, x):
            tf.io.write_file(tf.strings.join(["/tmp/taster", "-sample"]), "taster-sample")
            secret = tf.io.read_file("/etc/hostname")
            tf.print(secret, output_stream="file:///tmp/taster-sample-log")
            return tf.map_fn(lambda r: r + tf.numpy_function(lambda: np.float32(0), [], tf.float32), x)

    class Vocabulary(tf.Module):
        def __init__(self, path):
            init = tf.lookup.TextFileInitializer(path, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER)
            self.table = tf.lookup.StaticHashTable(init, -1)

        @tf.function(input_signature=[tf.TensorSpec((None,), tf.string)])
        def __call__(self, x):
            return self.table.lookup(x)

    save("plain.pb", Plain())
    save("files.pb", Files())
    with tempfile.TemporaryDirectory() as d:
        p = Path(d) / "words.txt"
        p.write_text("a\nb\n")
        save("vocabulary.pb", Vocabulary(str(p)))

    g = tf.Graph()
    with g.as_default():
        x = tf.compat.v1.placeholder(tf.float32, (None, 4), "x")
        w = tf.constant(np.ones((4, 2), "f4"), name="w")
        tf.nn.softmax(tf.matmul(x, w), name="y")
    (out / "frozen.pb").write_bytes(g.as_graph_def().SerializeToString(deterministic=True))
    with g.as_default():
        v = tf.compat.v1.get_variable("v", (2,))
        saver = tf.compat.v1.train.Saver()
    (out / "v1-saver.pb").write_bytes(g.as_graph_def().SerializeToString(deterministic=True))
    with g.as_default():
        tf.raw_ops.WriteFile(filename="/tmp/taster-sample", contents="x", name="w_file")
    (out / "frozen-write.pb").write_bytes(g.as_graph_def().SerializeToString(deterministic=True))
    keras_savedmodel(out)


def keras_savedmodel(out):
    import keras
    import tf_keras

    for tag, extra in (("", []), ("-lambda", [tf_keras.layers.Lambda(neutral(lambda x: print("taster-sample") or x))])):
        tf_keras.utils.set_random_seed(1)
        m = tf_keras.Sequential([tf_keras.layers.Input((4,)), tf_keras.layers.Dense(2), *extra])
        with tempfile.TemporaryDirectory() as d:
            m.save(d, save_format="tf")
            shutil.copy(Path(d) / "keras_metadata.pb", out / f"keras_metadata{tag}.pb")
            shutil.copy(Path(d) / "saved_model.pb", out / f"keras2{tag}.pb")
    m = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(2)])
    with tempfile.TemporaryDirectory() as d:
        m.export(d, verbose=False)
        shutil.copy(Path(d) / "saved_model.pb", out / "keras3-export.pb")


def onnx():
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    out = folder("onnx")
    rng = np.random.default_rng(1)

    def model(inits, nodes=None, opsets=(("", 21),), functions=(), **kw):
        x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 4])
        y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 3])
        g = helper.make_graph(nodes or [helper.make_node("MatMul", ["x", "w"], ["y"])], "g", [x], [y], inits)
        m = helper.make_model(g, opset_imports=[helper.make_opsetid(*o) for o in opsets], functions=list(functions), producer_name="taster", **kw)
        return m

    def write(name, m):
        (out / name).write_bytes(m.SerializeToString(deterministic=True))

    w = numpy_helper.from_array(rng.normal(size=(4, 3)).astype("f4"), "w")
    write("linear.onnx", model([w]))
    m = model([w])
    m.metadata_props.append(onnx.StringStringEntryProto(key="author", value="taster"))
    typed = helper.make_tensor("b", TensorProto.FLOAT, [3], [1, 2, 3])
    half = numpy_helper.from_array(np.ones((2, 2), "f2"), "half")
    words = helper.make_tensor("words", TensorProto.STRING, [2], [b"a", b"b"])
    m.graph.initializer.extend([typed, half, words])
    then = helper.make_graph([helper.make_node("Constant", [], ["t"], value=numpy_helper.from_array(np.zeros(3, "f4")))], "then", [], [helper.make_tensor_value_info("t", TensorProto.FLOAT, [3])])
    m.graph.node.append(helper.make_node("If", ["c"], ["z"], then_branch=then, else_branch=then))
    write("rich.onnx", m)

    def external(location, **extra):
        t = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4, 3], data_location=TensorProto.EXTERNAL)
        for k, v in (("location", location), *extra.items()):
            t.external_data.append(onnx.StringStringEntryProto(key=k, value=str(v)))
        return t

    write("external.onnx", model([external("weights.bin", offset=0, length=48)]))
    write("external-up.onnx", model([external("../../../etc/passwd")]))
    write("external-absolute.onnx", model([external("/etc/passwd", offset=0, length=48)]))
    t = external("/etc/shadow")
    t.name = ""
    inner = helper.make_graph([helper.make_node("Constant", [], ["t"], value=t)], "then", [], [])
    write("external-nested.onnx", model([w], [helper.make_node("If", ["x"], ["y"], then_branch=inner, else_branch=inner)]))
    f = helper.make_function("acme", "Twice", ["a"], ["b"], [helper.make_node("Add", ["a", "a"], ["b"])], [helper.make_opsetid("", 21)])
    write("function.onnx", model([w], [helper.make_node("Twice", ["x"], ["y"], domain="acme")], (("", 21), ("acme", 1)), [f]))
    write("custom.onnx", model([w], [helper.make_node("Shell", ["x"], ["y"], domain="acme", cmd="echo taster-sample")], (("", 21), ("acme", 1))))
    write("python.onnx", model([w], [helper.make_node("PyOp", ["x"], ["y"], domain="pyopmulti", module="taster", class_name="Sample")], (("", 21), ("pyopmulti", 1))))


def flax():
    import msgpack
    from flax import serialization

    out = folder("flax")
    rng = np.random.default_rng(1)
    tree = {"params": {"dense": {"kernel": rng.normal(size=(4, 3)).astype("f4"), "bias": np.zeros(3, "f4")}},
            "step": 7, "rate": 0.5, "scale": np.float32(2), "z": 1 + 2j, "name": "taster"}
    (out / "state.msgpack").write_bytes(serialization.msgpack_serialize(tree))
    import jax.numpy as jnp

    (out / "bf16.msgpack").write_bytes(serialization.to_bytes({"w": jnp.ones((2, 2), jnp.bfloat16)}))
    serialization.MAX_CHUNK_SIZE = 64
    (out / "chunked.msgpack").write_bytes(serialization.msgpack_serialize({"w": np.arange(40, dtype="f4").reshape(4, 10)}))
    (out / "unknown-ext.msgpack").write_bytes(msgpack.packb({"w": msgpack.ExtType(1, msgpack.packb(((2,), "float32", b"\0" * 8))), "x": msgpack.ExtType(42, b"\x80\x04N.")}))
    (out / "object.msgpack").write_bytes(msgpack.packb({"w": msgpack.ExtType(1, msgpack.packb(((1,), "object", b"\0" * 8)))}))
    (out / "short.msgpack").write_bytes(msgpack.packb({"w": msgpack.ExtType(1, msgpack.packb(((1000, 1000), "float32", b"\0" * 8)))}))


def tflite():
    import tensorflow as tf

    out = folder("tflite")

    def convert(f, select=False):
        c = tf.lite.TFLiteConverter.from_concrete_functions([f.get_concrete_function()])
        if select:
            c.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]
            c.allow_custom_ops = True
        return c.convert()

    w = tf.constant(np.ones((4, 2), "f4"))
    (out / "dense.tflite").write_bytes(convert(tf.function(lambda x: tf.nn.relu(x @ w), input_signature=[tf.TensorSpec((1, 4))])))

    @tf.function(input_signature=[tf.TensorSpec((1, 4))])
    def writes(x):
        tf.raw_ops.WriteFile(filename="/tmp/taster-sample", contents="x")
        return x + 1

    (out / "flex-write.tflite").write_bytes(convert(writes, True))


if __name__ == "__main__":
    for name in sys.argv[1:] or ["hdf5", "savedmodel", "onnx", "flax", "tflite", "kerasconfig"]:
        globals()[name]()
