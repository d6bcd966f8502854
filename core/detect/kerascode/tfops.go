package kerascode

import (
	"fmt"
	"strings"

	"taster/core/jsonwalk"
)

// symbol judges a TFOpLambda layer, which Keras 2 writes for a function of
// TensorFlow and looks up among everything that TensorFlow exports.
func (s *session) symbol(name *jsonwalk.Value, layer string) error {
	if name.String() == "" {
		return nil
	}
	for _, part := range []string{"io.", "raw_ops.", "numpy_function", "py_func", "load_", "saved_model.", "train.", "data.", "summary.", "keras.", "sysconfig.", "autograph.", "distribute.", "profiler."} {
		if path := strings.TrimPrefix(strings.TrimPrefix(name.Text, "compat.v1."), "compat.v2."); strings.HasPrefix(path, part) {
			return s.report(&ruleFunction, name, fmt.Sprintf("Calls tensorflow.%.100q", name.Text),
				fmt.Sprintf("Layer %.80q does. Functions of that part of TensorFlow touch files or run code.", layer), "")
		}
	}
	return nil
}

// operation judges a TensorFlowOpLayer, which holds a node of a graph as text.
func (s *session) operation(node *jsonwalk.Value, layer string) error {
	for _, op := range []string{"ReadFile", "WriteFile", "MatchingFiles", "PyFunc", "SaveV2", "RestoreV2", "MergeV2Checkpoints", "PrintV2", "ImmutableConst", "DatasetFromGraph"} {
		if strings.Contains(node.String(), op) {
			return s.report(&ruleFunction, node, "Carries out the operation "+op, fmt.Sprintf("Layer %.80q does.", layer), "")
		}
	}
	return nil
}
