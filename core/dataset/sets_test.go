package dataset

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

func x(name string, n, d int64) *core.Artifact { return tensorFile(name, "F32", n, d) }
func y(name string, n int64) *core.Artifact    { return tensorFile(name, "I64", n) }
func member(file, name string, a *core.Artifact) *core.Artifact {
	a.File, a.Member = file, name
	return a
}

func npz(file string, members ...*core.Artifact) *core.Artifact {
	a := &core.Artifact{File: file, Kind: "zip"}
	for _, m := range members {
		a.Members = append(a.Members, member(file, m.File, m))
	}
	return a
}

func weightsFile(name string) *core.Artifact {
	return &core.Artifact{File: name, Kind: "safetensors", Tensors: make([]core.Tensor, 3)}
}

func torchFile(name string) *core.Artifact {
	return &core.Artifact{File: name, Kind: "torch", Members: []*core.Artifact{{File: name, Member: "archive/data.pkl", Kind: "pickle", Streams: []core.Stream{{}}}}}
}

// described is a set in one line: its name, then role=path of its parts.
func described(sets []*core.Set) []string {
	out := []string{}
	for _, s := range sets {
		var parts []string
		for _, a := range s.Artifacts {
			if a.Role != "" {
				parts = append(parts, fmt.Sprintf("%s=%s", a.Role, a.Path()))
			}
		}
		slices.Sort(parts)
		line := s.Name + ": " + strings.Join(parts, " ")
		if len(s.Layers) > 0 {
			line += fmt.Sprintf(" (%d layers)", len(s.Layers))
		}
		out = append(out, line)
	}
	return out
}

// TestSets: folders as people have them. What was expected was written down
// before the code was run.
func TestSets(t *testing.T) {
	tests := []struct {
		name  string
		files []*core.Artifact
		want  []string
	}{
		{"activations and labels", []*core.Artifact{x("activations.npy", 40, 8), y("labels.npy", 40)}, []string{"data: activations=activations.npy labels=labels.npy"}},
		{"two folders", []*core.Artifact{x("a/activations.npy", 40, 8), y("a/labels.npy", 40), x("b/activations.npy", 50, 8), y("b/labels.npy", 50)},
			[]string{"a: activations=a/activations.npy labels=a/labels.npy", "b: activations=b/activations.npy labels=b/labels.npy"}},
		{"two folders of equal counts", []*core.Artifact{x("a/activations.npy", 40, 8), x("b/activations.npy", 40, 8), y("a/labels.npy", 40), y("b/labels.npy", 40)},
			[]string{"a: activations=a/activations.npy labels=a/labels.npy", "b: activations=b/activations.npy labels=b/labels.npy"}},
		{"train and test", []*core.Artifact{x("x_test.npy", 10, 8), x("x_train.npy", 40, 8), y("y_test.npy", 10), y("y_train.npy", 40)},
			[]string{"test: activations=x_test.npy labels=y_test.npy", "train: activations=x_train.npy labels=y_train.npy"}},
		{"train and test of equal counts", []*core.Artifact{x("x_test.npy", 40, 8), x("x_train.npy", 40, 8), y("y_test.npy", 40), y("y_train.npy", 40)},
			[]string{"test: activations=x_test.npy labels=y_test.npy", "train: activations=x_train.npy labels=y_train.npy"}},
		{"train, val, test in words", []*core.Artifact{x("train_features.npy", 40, 8), y("train_labels.npy", 40), x("val_features.npy", 20, 8), y("val_labels.npy", 20), x("test_features.npy", 10, 8), y("test_labels.npy", 10)},
			[]string{"train: activations=train_features.npy labels=train_labels.npy", "val: activations=val_features.npy labels=val_labels.npy", "test: activations=test_features.npy labels=test_labels.npy"}},
		{"splits as folders", []*core.Artifact{x("train/features.npy", 40, 8), y("train/labels.npy", 40), x("test/features.npy", 10, 8), y("test/labels.npy", 10)},
			[]string{"train: activations=train/features.npy labels=train/labels.npy", "test: activations=test/features.npy labels=test/labels.npy"}},
		{"roles as folders", []*core.Artifact{x("features/train.npy", 40, 8), x("features/dev.npy", 10, 8), y("labels/train.npy", 40), y("labels/dev.npy", 10)},
			[]string{"features/train: activations=features/train.npy labels=labels/train.npy", "features/val: activations=features/dev.npy labels=labels/dev.npy"}},
		{"three layers", []*core.Artifact{x("layer1_activations.npy", 40, 64), x("layer2_activations.npy", 40, 32), x("layer3_activations.npy", 40, 16), y("labels.npy", 40)},
			[]string{"data: activations=layer1_activations.npy activations=layer2_activations.npy activations=layer3_activations.npy labels=labels.npy (3 layers)"}},
		{"layers without labels", []*core.Artifact{x("acts_l1.npy", 40, 64), x("acts_l2.npy", 40, 32)}, []string{"data: activations=acts_l1.npy activations=acts_l2.npy (2 layers)"}},
		{"layers of two splits", []*core.Artifact{x("train_acts_1.npy", 40, 8), x("train_acts_2.npy", 40, 4), y("train_y.npy", 40), x("test_acts_1.npy", 10, 8), x("test_acts_2.npy", 10, 4), y("test_y.npy", 10)},
			[]string{"train: activations=train_acts_1.npy activations=train_acts_2.npy labels=train_y.npy (2 layers)", "test: activations=test_acts_1.npy activations=test_acts_2.npy labels=test_y.npy (2 layers)"}},
		{"stems", []*core.Artifact{x("mnist_activations.npy", 40, 8), x("cifar_activations.npy", 40, 8), y("mnist_labels.npy", 40), y("cifar_labels.npy", 40)},
			[]string{"mnist: activations=mnist_activations.npy labels=mnist_labels.npy", "cifar: activations=cifar_activations.npy labels=cifar_labels.npy"}},
		{"an npz", []*core.Artifact{npz("d.npz", x("activations.npy", 40, 8), y("labels.npy", 40))}, []string{"d.npz: activations=d.npz!activations.npy labels=d.npz!labels.npy"}},
		{"splits in an npz", []*core.Artifact{npz("mnist.npz", x("x_train.npy", 60, 8), y("y_train.npy", 60), x("x_test.npy", 10, 8), y("y_test.npy", 10))},
			[]string{"mnist.npz/train: activations=mnist.npz!x_train.npy labels=mnist.npz!y_train.npy", "mnist.npz/test: activations=mnist.npz!x_test.npy labels=mnist.npz!y_test.npy"}},
		{"two npz", []*core.Artifact{npz("a.npz", x("x.npy", 40, 8), y("y.npy", 40)), npz("b.npz", x("x.npy", 40, 8), y("y.npy", 40))},
			[]string{"a.npz: activations=a.npz!x.npy labels=a.npz!y.npy", "b.npz: activations=b.npz!x.npy labels=b.npz!y.npy"}},
		{"an npz without names", []*core.Artifact{npz("d.npz", x("arr_0.npy", 40, 8), y("arr_1.npy", 40))}, []string{"d.npz: activations=d.npz!arr_0.npy labels=d.npz!arr_1.npy"}},
		{"a vocabulary in an npz", []*core.Artifact{npz("vectors.npz", x("vectors.npy", 40, 8), y("keys.npy", 40))}, []string{}},
		{"the whole export", []*core.Artifact{x("activations.npy", 40, 8), y("labels.npy", 40), x("clean_activations.npy", 12, 8), y("clean_labels.npy", 12), x("oos_pred_probs.npy", 40, 3), x("pred_probs.npy", 40, 3),
			x("fc_weight.npy", 3, 8), tensorFile("fc_bias.npy", "F32", 3), y("test_labels.npy", 15), y("test_pred_clean.npy", 15), y("test_pred_triggered.npy", 15)},
			[]string{"data: activations=activations.npy bias=fc_bias.npy labels=labels.npy probs=oos_pred_probs.npy reference-labels=clean_labels.npy reference=clean_activations.npy test-labels=test_labels.npy test-pred-triggered=test_pred_triggered.npy test-pred=test_pred_clean.npy weights=fc_weight.npy"}},
		{"a view and losses", []*core.Artifact{x("activations.npy", 40, 8), y("labels.npy", 40), x("view.npy", 40, 5), x("epoch_loss.npy", 40, 12)},
			[]string{"data: activations=activations.npy labels=labels.npy losses=epoch_loss.npy view=view.npy"}},
		{"trusted rows for both splits", []*core.Artifact{x("x_train.npy", 40, 8), y("y_train.npy", 40), x("x_test.npy", 10, 8), y("y_test.npy", 10), x("trusted_features.npy", 9, 8), y("trusted_labels.npy", 9)},
			[]string{"train: activations=x_train.npy labels=y_train.npy reference-labels=trusted_labels.npy reference=trusted_features.npy", "test: activations=x_test.npy labels=y_test.npy reference-labels=trusted_labels.npy reference=trusted_features.npy"}},
		{"metrics beside activations", []*core.Artifact{x("activations.npy", 40, 8), y("labels.npy", 40), tableFile("metrics.csv", 4, number("epoch"), number("loss"), word("label"))},
			[]string{"data: activations=activations.npy labels=labels.npy"}},
		{"metrics alone", []*core.Artifact{tableFile("metrics.csv", 40, number("epoch"), number("loss"), word("label"))}, []string{}},
		{"history by columns", []*core.Artifact{tableFile("run1.csv", 40, number("step"), number("train"), word("target"))}, []string{}},
		{"results of a benchmark", []*core.Artifact{tableFile("results.csv", 40, number("a"), number("b"), word("class"))}, []string{}},
		{"a table of data", []*core.Artifact{tableFile("iris.csv", 150, number("sepal length"), number("sepal width"), number("petal length"), number("petal width"), word("species_class"))}, []string{"iris.csv: activations=iris.csv"}},
		{"two tables of data", []*core.Artifact{tableFile("train.csv", 150, number("a"), number("b"), word("label")), tableFile("test.csv", 50, number("a"), number("b"), word("label"))},
			[]string{"train.csv: activations=train.csv", "test.csv: activations=test.csv"}},
		{"predictions alone", []*core.Artifact{tableFile("predictions.csv", 40, number("id"), number("pred"))}, []string{}},
		{"text beside activations", []*core.Artifact{x("embeddings.npy", 40, 8), tableFile("texts.csv", 40, word("text"), word("label"))}, []string{"data: activations=embeddings.npy labels=texts.csv"}},
		{"text of other rows beside activations", []*core.Artifact{x("activations.npy", 40, 8), y("labels.npy", 40), tableFile("tickets.csv", 90, word("text"), word("label"))}, []string{"data: activations=activations.npy labels=labels.npy"}},
		{"a project", []*core.Artifact{{File: "README.md", Kind: "text"}, {File: "config.json", Kind: "json"}, torchFile("model.pt"), weightsFile("model.safetensors"), x("data/train/embeddings.npy", 40, 8), y("data/train/labels.npy", 40), tableFile("logs/history.csv", 9, number("epoch"), number("loss"), number("acc"))},
			[]string{"data/train: activations=data/train/embeddings.npy labels=data/train/labels.npy"}},
		{"a project without data", []*core.Artifact{torchFile("pytorch_model.bin"), weightsFile("model.safetensors"), {File: "config.json", Kind: "json"}, tableFile("vocab.csv", 40, word("token"), number("id"))}, []string{}},
		{"labels of another count", []*core.Artifact{x("activations.npy", 40, 8), y("labels.npy", 39)}, []string{"data: activations=activations.npy labels=labels.npy"}},
		{"labels alone", []*core.Artifact{y("labels.npy", 40)}, []string{"labels.npy: labels=labels.npy"}},
		{"labels and probabilities", []*core.Artifact{y("labels.npy", 40), x("oof_probs.npy", 40, 3)}, []string{"data: labels=labels.npy probs=oof_probs.npy"}},
		{"test rows without labels are no set", []*core.Artifact{x("x_train.npy", 40, 8), y("y_train.npy", 40), x("x_test.npy", 10, 8)}, []string{"data: activations=x_train.npy labels=y_train.npy"}},
		{"labels of the training rows alone beside a test set", []*core.Artifact{x("x_test.npy", 10, 8), y("y_test.npy", 10), y("y_train.npy", 40)}, []string{"data: activations=x_test.npy labels=y_test.npy"}},
		{"answers with and without a trigger", []*core.Artifact{y("test_pred.npy", 15), y("test_pred_triggered.npy", 15), y("test_labels.npy", 15)}, []string{"data: test-labels=test_labels.npy test-pred-triggered=test_pred_triggered.npy test-pred=test_pred.npy"}},
		{"names that say nothing", []*core.Artifact{x("a.npy", 40, 8), y("b.npy", 40)}, []string{"data: activations=a.npy labels=b.npy"}},
		{"names that say nothing, twice", []*core.Artifact{x("1/a.npy", 40, 8), y("1/b.npy", 40), x("2/a.npy", 40, 8), y("2/b.npy", 40)}, []string{"1: activations=1/a.npy labels=1/b.npy", "2: activations=2/a.npy labels=2/b.npy"}},
		{"a matrix in one folder, numbers in another", []*core.Artifact{x("1/a.npy", 40, 8), y("2/b.npy", 40)}, []string{}},
		{"rounds", []*core.Artifact{x("run1/acts.npy", 40, 8), y("run1/labels.npy", 40), x("run2/acts.npy", 40, 8), y("run2/labels.npy", 40), x("run3/acts.npy", 40, 8), y("run3/labels.npy", 40)},
			[]string{"run1: activations=run1/acts.npy labels=run1/labels.npy", "run2: activations=run2/acts.npy labels=run2/labels.npy", "run3: activations=run3/acts.npy labels=run3/labels.npy"}},
		{"shared labels above", []*core.Artifact{x("conv1/acts.npy", 40, 64), x("conv2/acts.npy", 40, 32), y("labels.npy", 40)}, []string{"conv1: activations=conv1/acts.npy activations=conv2/acts.npy labels=labels.npy (2 layers)"}},
		{"ids and sources", []*core.Artifact{x("activations.npy", 40, 8), y("labels.npy", 40), y("ids.npy", 40), y("sources.npy", 40)}, []string{"data: activations=activations.npy ids=ids.npy labels=labels.npy sources=sources.npy"}},
		{"probabilities of each split", []*core.Artifact{x("x_train.npy", 40, 8), y("y_train.npy", 40), x("probs_train.npy", 40, 3), x("x_val.npy", 20, 8), y("y_val.npy", 20)},
			[]string{"train: activations=x_train.npy labels=y_train.npy probs=probs_train.npy", "val: activations=x_val.npy labels=y_val.npy"}},
		{"a head of another size", []*core.Artifact{x("activations.npy", 40, 8), y("labels.npy", 40), x("fc_weight.npy", 3, 99)}, []string{"data: activations=activations.npy labels=labels.npy weights=fc_weight.npy"}},
		{"camel case", []*core.Artifact{x("trainFeatures.npy", 40, 8), y("trainLabels.npy", 40), x("testFeatures.npy", 10, 8), y("testLabels.npy", 10)},
			[]string{"train: activations=trainFeatures.npy labels=trainLabels.npy", "test: activations=testFeatures.npy labels=testLabels.npy"}},
		{"windows paths in an archive", []*core.Artifact{npz("d.zip", x(`set\acts.npy`, 40, 8), y(`set\labels.npy`, 40))}, []string{`d.zip: activations=d.zip!set\acts.npy labels=d.zip!set\labels.npy`}},
		{"a table of labels beside two sets", []*core.Artifact{x("a/acts.npy", 40, 8), tableFile("a/labels.csv", 40, word("label")), x("b/acts.npy", 30, 8), tableFile("b/labels.csv", 30, word("label"))},
			[]string{"a: activations=a/acts.npy labels=a/labels.csv", "b: activations=b/acts.npy labels=b/labels.csv"}},
		{"pooled and plain", []*core.Artifact{x("activations.npy", 40, 8), y("labels.npy", 40), tensorFile("maps.npy", "F32", 40, 3, 4, 4)}, []string{"data: activations=activations.npy labels=labels.npy"}},
		{"one-hot labels", []*core.Artifact{x("features.npy", 40, 8), x("targets.npy", 40, 3)}, []string{"data: activations=features.npy labels=targets.npy"}},
		{"a config with a list", []*core.Artifact{tableFile("config.json", 12, number("size"), number("rate"), word("class"))}, []string{}},
		{"a report of another scanner", []*core.Artifact{tableFile("garak.report.jsonl", 40, number("seq"), number("score"), word("target"))}, []string{}},
		{"backdoored answers in a table", []*core.Artifact{tableFile("test.csv", 30, word("label"), word("pred"), word("pred_triggered"))}, []string{"test.csv: test-pred-triggered=test.csv"}},
		{"tokens of a model", []*core.Artifact{npz("model.npz", x("embeddings.npy", 40, 8), y("tokens.npy", 40))}, []string{"model.npz: activations=model.npz!embeddings.npy"}},
		{"deep folders", []*core.Artifact{x("exp/2024/a/out/acts.npy", 40, 8), y("exp/2024/a/out/labels.npy", 40), x("exp/2024/b/out/acts.npy", 40, 8), y("exp/2024/b/out/labels.npy", 40)},
			[]string{"exp/2024/a/out: activations=exp/2024/a/out/acts.npy labels=exp/2024/a/out/labels.npy", "exp/2024/b/out: activations=exp/2024/b/out/acts.npy labels=exp/2024/b/out/labels.npy"}},
		{"probabilities of other rows", []*core.Artifact{x("activations.npy", 40, 8), y("labels.npy", 40), x("probs.npy", 30, 3)}, []string{"data: activations=activations.npy labels=labels.npy"}},
		{"nothing", nil, []string{}},
		{"one array", []*core.Artifact{x("array.npy", 40, 8)}, []string{}},
		{"one vector", []*core.Artifact{y("array.npy", 40)}, []string{}},
		{"activations alone", []*core.Artifact{x("activations.npy", 40, 8)}, []string{"activations.npy: activations=activations.npy"}},
	}
	if len(tests) < 60 {
		t.Errorf("only %d folders", len(tests))
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			roles := Suggest(test.files)
			for _, a := range test.files {
				a.Walk(func(m *core.Artifact) { m.Role = roles[m.Path()] })
			}
			if d := cmp.Diff(test.want, described(Sets(test.files))); d != "" {
				t.Error(d)
			}
		})
	}
}
